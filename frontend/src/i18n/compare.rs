//! Words for two runs side by side.

use trace::lesson::Lang;

/// In one language.
#[derive(Debug)]
pub(crate) struct CompareWords {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    /// The first run and the second.
    pub(crate) runs: [&'static str; 2],
    pub(crate) open: &'static str,
    pub(crate) same: &'static str,
    pub(crate) differs: &'static str,
    /// In which run alone a step is.
    pub(crate) only: [&'static str; 2],
    pub(crate) sign: &'static str,
    pub(crate) every: &'static str,
    pub(crate) around: &'static str,
    pub(crate) found: fn(usize) -> String,
    pub(crate) skipped: fn(usize) -> String,
    pub(crate) left_out: fn(usize) -> String,
    pub(crate) first: &'static str,
    pub(crate) next: &'static str,
    /// On the way here, from a run that is looked at.
    pub(crate) with_another: &'static str,
    /// On the way here, from a check.
    pub(crate) with_passed: &'static str,
}

/// The words of a language.
pub(crate) const fn words(lang: Lang) -> &'static CompareWords {
    match lang {
        Lang::En => &EN,
        Lang::Zh => &ZH,
    }
}

static EN: CompareWords = CompareWords {
    title: "Compare two runs",
    text: "Two recordings side by side, step by step: what both did, and where they part. When it was, and which ports the kernel chose, does not count.",
    runs: ["Run 1", "Run 2"],
    open: "Look at it",
    same: "same",
    differs: "differs",
    only: ["only in run 1", "only in run 2"],
    sign: "Compared",
    every: "Show every step",
    around: "Show only what is around a difference",
    found: |count| match count {
        0 => "Step by step, both runs did the same.".into(),
        1 => "The runs differ in one place.".into(),
        count => format!("The runs differ in {count} places."),
    },
    skipped: |count| if count == 1 { "1 step is the same".into() } else { format!("{count} steps are the same") },
    left_out: |count| format!("{count} more steps were not compared."),
    first: "First difference",
    next: "Next difference",
    with_another: "Compare with another run",
    with_passed: "Compare the run that failed with the one that passed",
};

static ZH: CompareWords = CompareWords {
    title: "比较两次运行",
    text: "两份录像逐步并排：哪些步骤两次都有，从哪里开始不同。发生的时刻、内核自选的端口都不算不同。",
    runs: ["运行 1", "运行 2"],
    open: "打开它",
    same: "相同",
    differs: "不同",
    only: ["只有运行 1 有", "只有运行 2 有"],
    sign: "比较结果",
    every: "显示所有步骤",
    around: "只显示不同之处的前后",
    found: |count| match count {
        0 => "两次运行的每一步都相同。".into(),
        count => format!("两次运行有 {count} 处不同。"),
    },
    skipped: |count| format!("有 {count} 步相同"),
    left_out: |count| format!("另有 {count} 步没有比较。"),
    first: "第一处不同",
    next: "下一处不同",
    with_another: "与另一次运行比较",
    with_passed: "把没通过的运行与通过的运行比较",
};
