//! The ladder's words. Names of calls, states and flags are the field's own and the same in every language.

use std::time::Duration;

use trace::event::LossCause;
use trace::event::host::Limit;
use trace::event::signal::Disposition;
use trace::event::wire::Made;
use trace::lesson::Lang;
use trace::time::Readable;
use trace::wire::{Notable, Order};

use crate::i18n::{plain, size};

/// The ladder's words in one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) picture: &'static str,
    pub(crate) table: &'static str,
    pub(crate) time: &'static str,
    pub(crate) host: &'static str,
    pub(crate) what: &'static str,
    pub(crate) whole_run: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) waiting_for_you: &'static str,
    pub(crate) stopped_before: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) never_returned: &'static str,
    pub(crate) runtime: &'static str,
    pub(crate) in_flight: &'static str,
    pub(crate) held: &'static str,
    pub(crate) made: fn(Made) -> &'static str,
    pub(crate) notable: fn(Notable) -> &'static str,
    pub(crate) order: fn(Order) -> String,
    pub(crate) kernel_alone: &'static str,
    pub(crate) program_started: &'static str,
    pub(crate) program_ended: &'static str,
    pub(crate) thread: fn(u32) -> String,
    pub(crate) forked: fn(u32) -> String,
    pub(crate) compiled: &'static str,
    pub(crate) not_compiled: &'static str,
    pub(crate) run_ended: &'static str,
    pub(crate) limit: fn(Limit) -> String,
    pub(crate) no_state: &'static str,
    pub(crate) blocked: fn(Duration) -> String,
    pub(crate) line: fn(u32) -> String,
    pub(crate) quiet: fn(Duration) -> String,
    pub(crate) missed: fn(u64) -> String,
    pub(crate) lost: fn(LossCause) -> &'static str,
    pub(crate) frame: fn(&str, &str) -> String,
    pub(crate) looped: &'static str,
    pub(crate) signal: fn(&str, Disposition) -> String,
}

impl Words {
    /// The words of a language.
    pub(crate) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }
}

const EN: Words = Words {
    picture: "Sequence diagram: calls of the programs, packets between the hosts, states of the sockets. The table below has the same facts.",
    table: "The same as a table",
    time: "Time",
    host: "Host",
    what: "What happened",
    whole_run: "run",
    waiting: "waiting",
    waiting_for_you: "waiting for you",
    stopped_before: "program stopped, not in the kernel yet",
    stopped: "stopped",
    never_returned: "never returned",
    runtime: " · made by Python itself",
    in_flight: "on its way",
    held: "held on the wire",
    made: |how| match how {
        Made::Copy => "duplicate",
        Made::Piece => "piece of a segment",
        Made::Merged => "several segments in one",
        Made::Changed => "window changed by the wire",
        Made::Forged => "forged by the wire",
    },
    notable: Notable::name,
    order: |order| match order {
        Order::Again => "arrived before".into(),
        Order::Ahead { missing } => format!("out of order: {missing} B missing before it"),
        Order::Overtaken => "out of order: overtaken".into(),
    },
    kernel_alone: "held by the kernel alone",
    program_started: "program started",
    program_ended: "ended",
    thread: |tid| format!("thread {tid} starts"),
    forked: |pid| format!("fork: process {pid}"),
    compiled: "compiled",
    not_compiled: "does not compile",
    run_ended: "the run ended",
    limit: |limit| match limit {
        Limit::Wall(span) => format!("time is up: {}", plain(span)),
        Limit::Cpu(span) => format!("processor time of the run is used up: {}", plain(span)),
        Limit::Output(bytes) => format!("too much output: {} at most", size(bytes)),
        Limit::Frames(count) => format!("too many frames: {count} at most"),
        Limit::Events(count) => format!("too many events: {count} at most"),
        Limit::Memory(bytes) => format!("out of memory: {}; the kernel ended a process", size(bytes)),
        Limit::Processes(count) => format!("too many processes: {count} at most"),
        Limit::ProcessCpu(span) => format!("processor time of the process is used up: {}", plain(span)),
        Limit::OpenFiles(count) => format!("too many open files: {count} at most"),
        Limit::Disk(bytes) => format!("disk full: {}", size(bytes)),
        Limit::Trace(bytes) => format!("the trace is full: {}", size(bytes)),
    },
    no_state: "socket",
    blocked: |span| format!("blocked {}", Readable(span)),
    line: |line| format!("line {line}"),
    quiet: |span| format!("{} without events", Readable(span)),
    missed: |count| format!("{count} events were lost here"),
    lost: |cause| match cause {
        LossCause::Chance => "lost",
        LossCause::Refused => "not taken by the host",
        LossCause::NoReceiver => "nobody has this address",
        LossCause::ByHand => "dropped by hand",
        LossCause::Rule => "lost by a rule",
        LossCause::Unplugged => "the cable is out",
        LossCause::Queue => "too many waited",
        LossCause::Replaced => "replaced on the wire",
    },
    frame: |from, to| format!("{from} to {to}"),
    looped: "over loopback",
    signal: |name, disposition| match disposition {
        Disposition::Ignored => format!("{name}, ignored"),
        Disposition::Caught => format!("{name}, caught"),
        Disposition::Default | Disposition::Unknown => name.to_owned(),
    },
};

const ZH: Words = Words {
    picture: "时序图：程序的系统调用、主机之间的数据包、套接字的状态。下面的表格列出同样的内容。",
    table: "用表格显示",
    time: "时间",
    host: "主机",
    what: "发生了什么",
    whole_run: "整个运行",
    waiting: "等待中",
    waiting_for_you: "等你输入",
    stopped_before: "程序停着，还没进入内核",
    stopped: "停着",
    never_returned: "没有返回",
    runtime: " · Python 自己调用的",
    in_flight: "在路上",
    held: "停在线路上",
    made: |how| match how {
        Made::Copy => "重复帧",
        Made::Piece => "报文段的一块",
        Made::Merged => "几段合一",
        Made::Changed => "窗口被线路改过",
        Made::Forged => "线路伪造",
    },
    notable: |notable| match notable {
        Notable::Refused => "连接被拒绝",
        Notable::Reset => "连接被重置",
        Notable::Retransmission => "重传",
        Notable::WindowProbe => "窗口探测",
        Notable::KeepAlive => "保活探测",
        Notable::ZeroWindow => "零窗口",
        Notable::WindowUpdate => "窗口更新",
        Notable::DuplicateAck => "重复 ACK",
    },
    order: |order| match order {
        Order::Again => "以前到过".into(),
        Order::Ahead { missing } => format!("乱序：前面还缺 {missing} B"),
        Order::Overtaken => "乱序：被后发的超过".into(),
    },
    kernel_alone: "只由内核持有",
    program_started: "程序开始",
    program_ended: "结束",
    thread: |tid| format!("线程 {tid} 开始"),
    forked: |pid| format!("fork：进程 {pid}"),
    compiled: "编译完成",
    not_compiled: "编译失败",
    run_ended: "运行结束",
    limit: |limit| match limit {
        Limit::Wall(span) => format!("时间到：最多 {}", plain(span)),
        Limit::Cpu(span) => format!("整个运行的处理器时间已用完：{}", plain(span)),
        Limit::Output(bytes) => format!("输出太多：最多 {}", size(bytes)),
        Limit::Frames(count) => format!("帧太多：最多 {count} 个"),
        Limit::Events(count) => format!("事件太多：最多 {count} 个"),
        Limit::Memory(bytes) => format!("内存用完：{}，内核结束了一个进程", size(bytes)),
        Limit::Processes(count) => format!("进程太多：最多 {count} 个"),
        Limit::ProcessCpu(span) => format!("进程的处理器时间已用完：{}", plain(span)),
        Limit::OpenFiles(count) => format!("打开的文件太多：最多 {count} 个"),
        Limit::Disk(bytes) => format!("磁盘已满：{}", size(bytes)),
        Limit::Trace(bytes) => format!("记录已满：{}", size(bytes)),
    },
    no_state: "套接字",
    blocked: |span| format!("阻塞 {}", Readable(span)),
    line: |line| format!("第 {line} 行"),
    quiet: |span| format!("{} 内没有事件", Readable(span)),
    missed: |count| format!("这里丢失了 {count} 个事件"),
    lost: |cause| match cause {
        LossCause::Chance => "丢失",
        LossCause::Refused => "主机没有收下",
        LossCause::NoReceiver => "没有主机有这个地址",
        LossCause::ByHand => "手动丢弃",
        LossCause::Rule => "按规则丢失",
        LossCause::Unplugged => "网线已拔出",
        LossCause::Queue => "排队太长",
        LossCause::Replaced => "在线路上被替换",
    },
    frame: |from, to| format!("从 {from} 到 {to}"),
    looped: "经环回接口",
    signal: |name, disposition| match disposition {
        Disposition::Ignored => format!("{name}，被忽略"),
        Disposition::Caught => format!("{name}，由程序处理"),
        Disposition::Default | Disposition::Unknown => format!("收到 {name}"),
    },
};
