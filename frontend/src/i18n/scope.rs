//! The words around the ladder: time bar, panels, keys.

use crate::state::cursor::Slowness;
use crate::state::scope::Panel;

/// They in one language.
#[derive(Debug)]
pub(crate) struct ScopeWords {
    pub(crate) panels: &'static str,
    pub(crate) ladder_tab: &'static str,
    pub(crate) panel: fn(Panel) -> &'static str,
    pub(crate) panel_empty: &'static str,

    pub(crate) time: &'static str,
    pub(crate) moment: fn(usize, usize, &str) -> String,
    pub(crate) play: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) back: &'static str,
    pub(crate) on: &'static str,
    pub(crate) slowness: &'static str,
    pub(crate) slow: fn(Slowness) -> String,
    pub(crate) live: &'static str,
    pub(crate) follow: &'static str,
    pub(crate) show_keys: &'static str,
    pub(crate) close: &'static str,
    pub(crate) keys: &'static [(&'static str, &'static str)],

    pub(crate) by_clock: &'static str,
    pub(crate) by_clock_told: &'static str,
    pub(crate) bigger: &'static str,
    pub(crate) smaller: &'static str,
    pub(crate) arp_told: &'static str,
}

pub(super) static EN: ScopeWords = ScopeWords {
    panels: "Panels",
    ladder_tab: "Ladder",
    panel: |panel| match panel {
        Panel::Inspector => "Inspector",
        Panel::Buffers => "Buffers",
        Panel::Readiness => "Readiness",
        Panel::States => "TCP states",
        Panel::Wire => "Wire",
    },
    panel_empty: "Press Run first: there is nothing to show yet.",

    time: "Time",
    moment: |count, all, at| format!("{at}, event {count} of {all}"),
    play: "Play slowly",
    pause: "Pause",
    back: "One step back",
    on: "One step on",
    slowness: "Speed",
    slow: |slowness| if slowness.0 == 1 { "1×".into() } else { format!("1/{}", slowness.0) },
    live: "Live",
    follow: "Go to the latest moment, and stay there",
    show_keys: "Keys",
    close: "Close",
    keys: &[
        ("Space", "play, pause"),
        ("← →", "one step back, one step on"),
        ("Shift + ← →", "to the packet before, to the next packet"),
        ("c, Shift + C", "to the next call, to the call before"),
        ("p, Shift + P", "to the next packet, to the packet before"),
        ("Home", "to the first moment"),
        ("End, l", "to the latest moment, and stay there"),
        ("Enter", "pick out what happened at this moment"),
        ("Esc", "let go of what is picked out; back to the latest moment"),
        ("Ctrl + Enter", "run"),
        ("?", "this list"),
    ],

    by_clock: "Clock",
    by_clock_told: "Time axis by the clock; quiet stretches are folded",
    bigger: "Zoom in",
    smaller: "Zoom out",
    arp_told: "Show address resolution (ARP) too",
};

pub(super) static ZH: ScopeWords = ScopeWords {
    panels: "面板",
    ladder_tab: "时序图",
    panel: |panel| match panel {
        Panel::Inspector => "详情",
        Panel::Buffers => "缓冲区",
        Panel::Readiness => "就绪状态",
        Panel::States => "TCP 状态",
        Panel::Wire => "网线",
    },
    panel_empty: "还没有可看的内容，请先按“运行”。",

    time: "时间",
    moment: |count, all, at| format!("{at}，第 {count} 个事件，共 {all} 个"),
    play: "慢速播放",
    pause: "暂停",
    back: "后退一步",
    on: "前进一步",
    slowness: "速度",
    slow: |slowness| if slowness.0 == 1 { "1×".into() } else { format!("1/{}", slowness.0) },
    live: "实时",
    follow: "回到最新时刻，并一直跟随",
    show_keys: "快捷键",
    close: "关闭",
    keys: &[
        ("空格", "播放、暂停"),
        ("← →", "后退一步、前进一步"),
        ("Shift + ← →", "上一个包、下一个包"),
        ("c、Shift + C", "下一次调用、上一次调用"),
        ("p、Shift + P", "下一个包、上一个包"),
        ("Home", "回到开头"),
        ("End、l", "回到最新时刻，并一直跟随"),
        ("Enter", "选中这一时刻发生的事"),
        ("Esc", "取消选择；再按一次回到最新时刻"),
        ("Ctrl + Enter", "运行"),
        ("?", "显示这份列表"),
    ],

    by_clock: "按时钟",
    by_clock_told: "时间轴按真实时间，安静的时段折叠起来",
    bigger: "放大",
    smaller: "缩小",
    arp_told: "也显示地址解析（ARP）",
};
