//! Whether a trace is as a pattern says, and what to tell whoever asked.

use std::collections::BTreeMap;

use super::moment::{self, Found};
use super::value::Scalar;
use super::{Number, Property, Relation, Step};
use crate::check::reading::Reading;
use crate::check::{Text, Verdict};

/// A search that has looked at so many places gives up: captures can be written that fit nowhere in a million ways.
const EFFORT: u32 = 2_000_000;

pub(super) fn judge(property: &Property, trace: &Reading<'_>) -> Verdict {
    match property {
        Property::All(parts) => {
            let verdicts: Vec<_> = parts.iter().map(|part| judge(part, trace)).collect();
            let failed = verdicts.iter().find(|verdict| !verdict.passed);
            failed.or(verdicts.last()).cloned().unwrap_or_else(|| Verdict::passed(None, Text::default()))
        }
        Property::Any(parts) => {
            let verdicts: Vec<_> = parts.iter().map(|part| judge(part, trace)).collect();
            let passed = verdicts.iter().find(|verdict| verdict.passed);
            passed.or(verdicts.first()).cloned().unwrap_or_else(|| Verdict::failed(None, Text::default()))
        }
        Property::Not(part) => deny(part, judge(part, trace)),
        Property::Compare(both) => compare(&both.0, both.1, &both.2, trace),
        Property::Sequence(steps) => sequence(steps, trace),
    }
}

fn deny(part: &Property, verdict: Verdict) -> Verdict {
    let told = if verdict.passed {
        Text::new(
            format!("This should not have happened: {}", verdict.told.en),
            format!("这不应当发生：{}", verdict.told.zh),
        )
    } else if let Property::Sequence(steps) = part {
        let what = join(steps);
        Text::new(format!("`{what}` never happened."), format!("`{what}` 从未发生。"))
    } else {
        verdict.told
    };
    Verdict { passed: !verdict.passed, told, at: verdict.at }
}

fn join(steps: &[Step]) -> String {
    steps.iter().map(|step| step.moment.text.as_str()).collect::<Vec<_>>().join(" then ")
}

fn compare(left: &Number, relation: Relation, right: &Number, trace: &Reading<'_>) -> Verdict {
    let mut last = None;
    let (mut en, mut zh) = (vec![], vec![]);
    let mut value = |number: &Number| match number {
        Number::Plain(number) => *number,
        Number::Count(moment) => {
            let found = moment::all(moment, trace);
            last = last.max(found.last().map(|found| found.seq));
            en.push(format!("`{}` happened {}", moment.text, times(found.len())));
            zh.push(format!("`{}` 发生了 {} 次", moment.text, found.len()));
            i64::try_from(found.len()).unwrap_or(i64::MAX)
        }
    };
    let (left, right) = (value(left), value(right));
    let passed = relation.holds(&left, &right);
    Verdict { passed, told: Text::new(format!("{}.", en.join(", ")), format!("{}。", zh.join("，"))), at: last }
}

fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn sequence(steps: &[Step], trace: &Reading<'_>) -> Verdict {
    let places: Vec<_> = steps.iter().map(|step| moment::all(&step.moment, trace)).collect();
    let mut search = Search { steps, places: &places, bound: BTreeMap::new(), path: vec![], best: vec![], effort: 0 };
    if search.from(0) {
        let at = search.path.last().copied();
        let what = join(steps);
        return Verdict::passed(at, Text::new(format!("Seen: `{what}`."), format!("已观察到：`{what}`。")));
    }
    let best = search.best;
    let missing = &steps[best.len().min(steps.len() - 1)];
    let wanted = match missing.within {
        Some(within) => format!("{} within {}", missing.moment.text, crate::time::Readable(within)),
        None => missing.moment.text.clone(),
    };
    let told = match best.len().checked_sub(1) {
        None => Text::new(format!("Not seen: `{wanted}`."), format!("没有观察到：`{wanted}`。")),
        Some(before) => {
            let before = &steps[before].moment.text;
            Text::new(
                format!("Seen: `{before}`. After it, this is missing: `{wanted}`."),
                format!("观察到 `{before}`，但在它之后没有出现：`{wanted}`。"),
            )
        }
    };
    Verdict::failed(best.last().copied(), told)
}

struct Search<'a> {
    steps: &'a [Step],
    places: &'a [Vec<Found<'a>>],
    bound: BTreeMap<&'a str, &'a Scalar>,
    /// The events found so far.
    path: Vec<u64>,
    /// The longest that it was.
    best: Vec<u64>,
    effort: u32,
}

impl<'a> Search<'a> {
    /// Finds the steps from this one on, each later in the trace than the one before.
    fn from(&mut self, step: usize) -> bool {
        if self.path.len() > self.best.len() {
            self.best.clone_from(&self.path);
        }
        let (steps, places) = (self.steps, self.places);
        let Some(Step { within, .. }) = steps.get(step) else { return true };
        let after = self.path.last().copied();
        let since = step.checked_sub(1).zip(after).and_then(|(before, seq)| {
            let place = places[before].partition_point(|found| found.seq < seq);
            places[before].get(place).map(|found| found.at)
        });
        let first = after.map_or(0, |after| places[step].partition_point(|found| found.seq <= after));
        // Where nothing is captured and no time is set, the earliest place is as good as any.
        let is_plain = steps[step..].iter().all(|step| step.within.is_none())
            && places[step..].iter().all(|places| places.first().is_none_or(|found| found.captures.is_empty()));
        for found in &places[step][first..] {
            self.effort += 1;
            if self.effort > EFFORT {
                return false;
            }
            if let (Some(within), Some(since)) = (within, since)
                && found.at.since(since) > *within
            {
                return false;
            }
            let Some(news) = self.bind(found) else { continue };
            self.path.push(found.seq);
            if self.from(step + 1) {
                return true;
            }
            self.path.pop();
            for name in news {
                self.bound.remove(name);
            }
            if is_plain {
                return false;
            }
        }
        false
    }

    /// Binds the captures of a place, or says that one of them is bound to something else. What is bound nowhere can be
    /// equal only.
    fn bind(&mut self, found: &'a Found<'a>) -> Option<Vec<&'a str>> {
        let mut news = vec![];
        for (name, relation, value) in &found.captures {
            let fits = match (self.bound.get(name), relation) {
                (Some(bound), Relation::Equal) => *bound == value,
                (Some(bound), Relation::Unequal) => *bound != value,
                (None, Relation::Equal) => {
                    self.bound.insert(name, value);
                    news.push(*name);
                    true
                }
                _ => false,
            };
            if !fits {
                for name in news {
                    self.bound.remove(name);
                }
                return None;
            }
        }
        Some(news)
    }
}
