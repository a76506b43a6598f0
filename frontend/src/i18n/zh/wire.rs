//! Why the wire did not do what it was told.

use trace::event::wire::{WireFault, WireSettings};
use trace::protocol::WireRefusal;

/// Half a sentence.
pub(super) fn refusal(why: &WireRefusal) -> String {
    match why {
        WireRefusal::Settings(fault) => settings(fault),
        WireRefusal::NotHeld(frame) => format!("{frame} 没有扣下，或者已经放行"),
        WireRefusal::NothingHeld => "没有扣下这样的帧".into(),
        WireRefusal::NoConnection => "没有这样的连接".into(),
        WireRefusal::NoSuchHost(host) => format!("这次运行里没有 {host}"),
        WireRefusal::AlreadySo(host) => format!("{host} 的网线本来就是这样"),
        WireRefusal::Full => "扣下的帧已经太多，再也放不下".into(),
        WireRefusal::NotUnderWay(frame) => format!("{frame} 已经不在路上"),
        WireRefusal::NothingUnderWay => "路上没有这样的帧".into(),
    }
}

fn settings(fault: &WireFault) -> String {
    match fault {
        WireFault::Delay => format!("延迟和抖动最多 {} 秒", WireSettings::MAX_DELAY.as_secs()),
        WireFault::Share => "比例最多 100 %".into(),
        WireFault::Bandwidth => format!("带宽至少 {} bit/s", WireSettings::MIN_BANDWIDTH),
        WireFault::Mtu => {
            format!("MTU 只能从 {} 到 {} 字节", WireSettings::MTU.start(), WireSettings::MTU.end())
        }
        WireFault::Settled => "MTU 和随机种子在运行开始时就定下了".into(),
        WireFault::TooMany => format!("一根网线最多 {0} 条规则、{0} 个方向", WireSettings::MOST),
        WireFault::NoHost(name) => format!("没有叫“{name}”的主机"),
        WireFault::Rule(rule) => format!("规则里的数超出了范围：{rule}"),
    }
}
