//! Words for predictions, checks and hints.

use trace::lesson::Lang;

/// In one language.
#[derive(Debug)]
pub(crate) struct PracticeWords {
    pub(crate) predict: &'static str,
    pub(crate) predict_note: &'static str,
    pub(crate) both: &'static str,
    pub(crate) run_to_see: &'static str,
    pub(crate) right: &'static str,
    pub(crate) otherwise: &'static str,
    pub(crate) happened: &'static str,
    pub(crate) both_seen: &'static str,
    pub(crate) see: &'static str,
    pub(crate) checks: &'static str,
    pub(crate) check: &'static str,
    pub(crate) checking: &'static str,
    pub(crate) all_passed: &'static str,
    pub(crate) some_failed: &'static str,
    pub(crate) passed: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) on_wire: &'static str,
    pub(crate) plain: &'static str,
    pub(crate) watch: &'static str,
    pub(crate) hints: &'static str,
    pub(crate) more_hint: &'static str,
    pub(crate) done: &'static str,
    pub(crate) glossary: &'static str,
    pub(crate) cheat_sheet: &'static str,
}

/// The words of a language.
pub(crate) const fn words(lang: Lang) -> &'static PracticeWords {
    match lang {
        Lang::En => &EN,
        Lang::Zh => &ZH,
    }
}

static EN: PracticeWords = PracticeWords {
    predict: "Predict",
    predict_note: "Before you run. Nobody grades it: the run itself has the answer.",
    both: "Both can happen",
    run_to_see: "Run it to see.",
    right: "That is what happened.",
    otherwise: "It happened otherwise:",
    happened: "What happened:",
    both_seen: "Both have happened:",
    see: "see the moment",
    checks: "Checks",
    check: "Check my programs",
    checking: "Running your programs on several wires…",
    all_passed: "All checks passed.",
    some_failed: "Not yet. What was seen:",
    passed: "passed",
    failed: "not yet",
    on_wire: "wire",
    plain: "as it is",
    watch: "watch this run",
    hints: "Hints",
    more_hint: "Show a hint",
    done: "all checks passed",
    glossary: "Glossary",
    cheat_sheet: "Cheat sheet",
};

static ZH: PracticeWords = PracticeWords {
    predict: "先猜一猜",
    predict_note: "在运行之前回答。不计分：答案就在运行结果里。",
    both: "两种都可能",
    run_to_see: "运行一次就知道。",
    right: "事实正是如此。",
    otherwise: "事实并非如此：",
    happened: "实际发生的是：",
    both_seen: "两种都发生过：",
    see: "看那一刻",
    checks: "检查",
    check: "检查我的程序",
    checking: "正在几种线路上运行你的程序……",
    all_passed: "全部通过。",
    some_failed: "还没有全部通过。观察到的情况：",
    passed: "通过",
    failed: "未通过",
    on_wire: "线路",
    plain: "原样",
    watch: "看这次运行",
    hints: "提示",
    more_hint: "看一条提示",
    done: "检查已全部通过",
    glossary: "术语表",
    cheat_sheet: "速查表",
};
