//! Simplified Chinese.

mod wire;

use trace::event::host::{Cause, Limit};
use trace::protocol::Refusal;
use trace::time::Readable;

use super::{Words, percent, plain, short_exit, size};
use crate::state::host::{Activity, Did, Note, Waiting};
use crate::state::load::LoadError;
use crate::state::run::{Phase, Trouble};

pub(super) static WORDS: Words = Words {
    skip: "跳到正文",
    lessons: "课程",
    switch_language: "切换到英文",
    to_dark: "深色",
    to_light: "浅色",
    loading: "正在加载…",
    slow: "比平时慢：可能是服务器正忙，也可能是网络不畅。",
    try_again: "重试",
    load_error: |error| match error {
        LoadError::Missing => "没有这一课。".into(),
        LoadError::Offline => "连不上服务器，请检查网络。".into(),
        LoadError::Server(status, sentence) if sentence.is_empty() => format!("服务器出错（{status}）。"),
        LoadError::Server(status, sentence) => format!("服务器出错（{status}）：{sentence}"),
        LoadError::NoSuchRun => {
            "这次运行已经不在服务器上了：服务器大约只保留一个小时。如果下载过录像，可以在下面打开。".into()
        }
        LoadError::NoRecording => "这个文件不是 Socklab 的录像。".into(),
        LoadError::OtherRecording(version) => {
            format!("这份录像的版本是 {version}，由另一个版本的 Socklab 录制，这里读不了。")
        }
        LoadError::Unreadable => "页面和服务器的版本不一致，请刷新页面。".into(),
    },

    tagline: "看见套接字在做什么",
    about: "Socklab 是一门套接字编程课。你在浏览器里修改几段 Python 小程序，每段程序都在自己的主机上真正运行；\
            每一次系统调用、每一个数据包、套接字的每一次状态变化，都会当场画给你看。",
    no_lessons: "这台服务器上还没有课程。",
    lesson_number: |number| format!("第 {number} 课"),
    not_found: "这里什么都没有",
    not_found_text: "这个网址不是课程里的页面。",
    to_lessons: "全部课程",

    hide_lesson: "收起课文",
    show_lesson: "展开课文",
    next_lesson: "下一课",
    previous_lesson: "上一课",

    workbench: "实验台",
    run: "运行",
    run_again: "重新运行",
    run_shortcut: "Ctrl+Enter",
    stop: "停止",
    wire: "网线",
    delay: |wire| format!("延迟 {}", plain(wire.link.delay)),
    loss: |wire| format!("丢包 {}%", percent(wire.link.loss_ppm)),
    phase: |phase| match phase {
        Phase::Idle => "就绪".into(),
        Phase::Connecting => "正在连接…".into(),
        Phase::Starting => "正在启动主机…".into(),
        Phase::Queued { ahead: 0 } => "服务器已满，下一个就轮到你".into(),
        Phase::Queued { ahead } => format!("服务器已满，前面还有 {ahead} 人"),
        Phase::Live => "运行中".into(),
        Phase::Recorded => "录像".into(),
        Phase::Lost { .. } => "连接中断".into(),
        Phase::Ended(cause) => match cause {
            Cause::Finished => "已结束".into(),
            Cause::Stopped => "已停止".into(),
            Cause::Limit(_) => "超出限制，已停止".into(),
            Cause::Shutdown => "服务器关闭，已结束".into(),
            Cause::Failed(_) => "意外中止".into(),
            Cause::Unwatched(_) => "无人观看，已结束".into(),
        },
        Phase::Refused(_) => "未能启动".into(),
        Phase::Failed(_) => "未连接".into(),
    },
    stopping: "正在停止…",
    refusal: |refusal| match refusal {
        Refusal::NotUnderstood(why) => format!("服务器看不懂页面发来的消息（{why}），请刷新页面。"),
        Refusal::NoSuchLesson(id) => format!("服务器上没有“{id}”这一课。"),
        Refusal::NoSuchRun => "这次运行已经结束，服务器不再保留它。请按“运行”重新开始。".into(),
        Refusal::NoSuchHost(number) => format!("这次运行里没有 {number} 号主机。"),
        Refusal::WrongNumberOfPrograms { expected, got } => {
            format!("这个练习有 {expected} 段程序，页面却发来了 {got} 段，请刷新页面。")
        }
        Refusal::ProgramTooLarge { file, bytes, limit } => {
            format!("{file} 太长了：{bytes} 字节，最多允许 {}。", size(*limit))
        }
        Refusal::MessageTooLarge { limit } => format!("一次发送的内容太多，最多允许 {}。", size(*limit)),
        Refusal::AlreadyRunning => "已经有一次运行在进行，请先停止它。".into(),
        Refusal::NotRunning => "现在没有程序在运行。".into(),
        Refusal::ServerFull { limit } => format!("服务器已满：正在进行 {limit} 次运行，请稍后再试。"),
        Refusal::Wire(why) => format!("网线没有照做：{}。", wire::refusal(why)),
        Refusal::CannotRun(why) => format!("无法启动这次运行。请把引擎给出的原因（英文）告诉架设服务器的人：{why}"),
        Refusal::TooOften { wait } => {
            format!("你所在的网络启动运行太频繁，请在 {} 秒后再试。", wait.as_secs() + 1)
        }
        Refusal::NoVisitor => "这个练习没有可以发起访问的主机。".into(),
        Refusal::TooManyLines { limit } => format!("你已经有 {limit} 条连接了，请先关闭一条。"),
        Refusal::NoSuchLine => "这条连接已经结束。".into(),
        Refusal::LineBusy => "对方没有在读，之前输入的内容还没发出去。".into(),
        Refusal::OnlyLooking => "这是别人的运行，只能查看，不能操作。".into(),
        Refusal::ShuttingDown => "服务器正在关闭，请过一分钟再试。".into(),
    },
    trouble: |trouble| match trouble {
        Trouble::Unreachable => "连不上服务器。请检查网络，然后再按“运行”。".into(),
        Trouble::OtherVersion => "服务器已经更新。请刷新页面后继续，你写的程序都会保留。".into(),
        Trouble::GaveUp => "连接中断后你没有再等下去。请按“运行”重新开始。".into(),
    },
    cause: |cause| match cause {
        Cause::Finished => "所有程序都已结束。".into(),
        Cause::Stopped => "你停止了这次运行，或者离开了它的页面。".into(),
        Cause::Limit(limit) => match limit {
            Limit::Wall(span) => format!("运行已停止：一次运行最多 {}。", plain(*span)),
            Limit::Cpu(span) => format!("运行已停止：程序占用处理器的时间合计超过了 {}。", plain(*span)),
            Limit::Output(bytes) => format!("运行已停止：有程序的输出超过了 {}。", size(*bytes)),
            Limit::Frames(count) => format!("运行已停止：网线上传过的帧超过了 {count} 个。"),
            Limit::Events(count) => format!("运行已停止：记录的事件超过了 {count} 个。"),
            Limit::Memory(bytes) => format!("运行已停止：有主机使用的内存超过了 {}。", size(*bytes)),
            Limit::Processes(count) => format!("运行已停止：有主机的进程超过了 {count} 个。"),
            Limit::ProcessCpu(span) => format!("运行已停止：有进程占用处理器的时间超过了 {}。", plain(*span)),
            Limit::OpenFiles(count) => format!("运行已停止：有进程打开的文件超过了 {count} 个。"),
            Limit::Disk(bytes) => format!("运行已停止：有主机写入的文件超过了 {}。", size(*bytes)),
            Limit::Trace(bytes) => format!("运行已停止：记录的数据超过了 {}。", size(*bytes)),
        },
        Cause::Shutdown => "运行途中服务器关闭了。".into(),
        Cause::Failed(why) => format!("运行意外中止：{why}"),
        Cause::Unwatched(span) => format!("服务器结束了这次运行：已有 {} 没有页面连着它。", plain(*span)),
    },
    connection_lost: "与服务器的连接中断了。程序还在服务器上运行；页面正在重新连接，连上后会补齐错过的内容。",
    reconnect: "马上重连",
    reload: "刷新页面",
    dismiss: "关闭",

    export: "导出",
    export_pcapng: "数据包，用 Wireshark 打开（pcapng）",
    export_strace: "系统调用，strace 格式",
    export_jsonl: "全部事件，JSON Lines",
    export_recording: "录像，可在这里重新打开",
    export_html: "单个 HTML 文件，离线也能回放",
    export_svg: "时序图图片（SVG）",
    export_png: "时序图图片（PNG）",
    export_link: "复制这次运行的链接",
    link_copied: "链接已复制",

    visitor: "你自己",
    visit_browser: "浏览器",
    visit_console: "TCP 控制台",
    visit_address: "地址",
    visit_open: "打开",
    visit_connect: "连接",
    visit_wrong: "请写成“地址:端口”，例如 192.168.1.4:8080。",
    visit_page: "服务器的响应",
    visit_empty: "先运行程序，再在这里打开你的服务器。浏览器发出的请求会经过这条网线。",
    talk_empty: "先运行程序，再连接并输入文字：你发出的每个字节都会经过这条网线。",
    talk_text: "要发送的文字",
    talk_ending: "换行符",
    talk_no_ending: "无",
    talk_send: "发送",
    talk_half: "shutdown(SHUT_WR)：不再发送，仍可接收",
    talk_close: "close()：两个方向都关闭",
    talk_reset: "SO_LINGER 为 0 时 close()：发送 RST",
    talk_open: |port| format!("已连接，本端端口 {port}"),
    talk_half_closed: "你发出了 FIN：不再发送",
    talk_peer_closed: "对方发来 FIN：对方不再发送",
    talk_ended: "已关闭",
    talk_no_answer: "没有人回应 SYN",
    talk_too_much: |limit| format!("已关闭：控制台最多显示一条连接的 {}", size(limit)),

    hosts: "主机",
    host: |name| format!("主机 {name}"),
    editor: |file| format!("程序 {file}"),
    editor_hint: "Tab 键用来缩进；要用 Tab 离开编辑器，请先按 Esc。",
    editor_phrases: &[
        ("Find", "查找"),
        ("Replace", "替换为"),
        ("next", "下一个"),
        ("previous", "上一个"),
        ("all", "全部"),
        ("match case", "区分大小写"),
        ("by word", "整词匹配"),
        ("regexp", "正则表达式"),
        ("replace", "替换"),
        ("replace all", "全部替换"),
        ("close", "关闭"),
        ("Go to line", "跳到行"),
        ("go", "跳转"),
        ("current match", "当前匹配"),
        ("on line", "在第几行"),
        ("replaced match on line $", "已替换第 $ 行的匹配"),
        ("replaced $ matches", "已替换 $ 处"),
        ("Control character", "控制字符"),
    ],
    terminal: |name| format!("{name} 的终端"),
    terminal_empty: "程序的输出显示在这里；它询问时，也在这里输入。",
    reset: "还原",
    reset_label: |file| format!("把 {file} 还原成课文里的样子"),
    restore: "我上次的版本",
    counts_at_next_run: "已修改，下次运行时生效",
    nothing_runs: "现在没有程序在运行。请先按“运行”，再输入。",
    program_has_ended: "这个程序已经结束，不再读取输入。请按“运行”重新开始。",
    activity: |activity| match activity {
        Activity::Off => "未运行".into(),
        Activity::Booting => "正在启动".into(),
        Activity::Compiling => "正在编译".into(),
        Activity::NotCompiled => "编译失败".into(),
        Activity::Computing { .. } => "运行中".into(),
        Activity::Held { call } => format!("停在 {call}() 之前"),
        Activity::Blocked { waiting: Waiting::You, .. } => "等你输入".into(),
        Activity::Blocked { call, .. } => format!("阻塞在 {call}()"),
        Activity::Ended(status) => short_exit(*status).unwrap_or_else(|| "已结束".into()),
    },
    waiting: |waiting| match waiting {
        Waiting::You => "等你输入".into(),
        Waiting::Connection => "等待连接".into(),
        Waiting::Handshake => "等待握手完成".into(),
        Waiting::Data => "等待数据".into(),
        Waiting::Room => "等待缓冲区腾出空间".into(),
        Waiting::Readiness => "等待某个描述符就绪".into(),
        Waiting::Kernel(call) => format!("在 {call}() 中"),
    },
    note: |note| {
        let what = match &note.did {
            Did::Waits(waiting) => (WORDS.waiting)(waiting),
            Did::Failed(errno) => errno.to_string(),
            // Long enough to leave no room for the time, which the ladder shows.
            Did::Accepted(Some(peer)) => return format!("来自 {peer}"),
            Did::Accepted(None) => "接受了连接".into(),
            Did::Connected => "已连接".into(),
            Did::Sent(bytes) => format!("发出 {bytes} B"),
            Did::Received(bytes) => format!("收到 {bytes} B"),
            Did::EndOfStream => "0 B：对方已关闭".into(),
            Did::Ready(count) => format!("{count} 个就绪"),
            Did::TimedOut => "超时".into(),
            Did::Returned => String::new(),
        };
        with_blocked(what, note)
    },

    ladder: "网线上发生的事",
    ladder_empty: "按“运行”，看程序怎样对话",
    ladder_empty_text: "它们的系统调用、来往的数据包和套接字的状态，会画在同一条时间轴上。",
    ladder_waits: "等待第一个事件…",
    ladder_nothing: "这次运行没有留下可看的东西",
    queue: "服务器已满",
    queue_text: |ahead| {
        let place =
            if ahead == 0 { "下一个就是你。".into() } else { format!("前面还有 {ahead} 次运行。") };
        format!("{place}轮到时会自动开始；按“停止”可以不再排队。")
    },
    events: |count| format!("{count} 个事件"),
    live: "进行中",
    ended: "已结束",
    scope: &super::scope::ZH,
};

fn with_blocked(what: String, note: &Note) -> String {
    match note.blocked {
        None => what,
        Some(span) if what.is_empty() => format!("阻塞 {}", Readable(span)),
        Some(span) => format!("{what} · {}", Readable(span)),
    }
}
