//! Predictions, checks, expectations and claims.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::{Spanned, Table, Value};
use trace::check::reading::means;
use trace::check::{Named, Pattern, Property};
use trace::event::wire::WireSettings;
use trace::lesson::Text;

use super::{LESSON_FILE, Reader};
use crate::lessons::exercise::{Check, Choice, Claim, Expect, Grade, Prediction, Schedule, Wrong};
use crate::lessons::format::{CheckToml, ClaimToml, ExpectToml, GradeToml, OptionToml, PredictionToml};
use crate::lessons::{LessonHost, Program};

/// Learners' progress, links and tests know things by their ids.
fn is_id(id: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.len() <= 40 && id.chars().all(inner)
}

impl Reader<'_> {
    /// Says so if an id is not one, or was there before.
    fn id(&mut self, id: &str, line: u32, before: &mut BTreeSet<String>) {
        if !is_id(id) {
            let what = format!("{id:?} is not an id");
            self.fault(LESSON_FILE, Some(line), &what, "use small letters, digits and hyphens");
        }
        if !before.insert(id.to_owned()) {
            self.fault(LESSON_FILE, Some(line), &format!("the id {id:?} is there twice"), "give this one another");
        }
    }

    fn both_languages(&mut self, text: &Text, what: &str, line: u32) {
        for (lang, text) in [("en", &text.en), ("zh", &text.zh)] {
            if text.trim().is_empty() {
                let fault = format!("{what} has no text in `{lang}`");
                self.fault(LESSON_FILE, Some(line), &fault, "every text is written in every language of the course");
            }
        }
    }

    /// What was written as `holds`, or as `check` with parameters; neither is `None`.
    fn property(
        &mut self,
        check: Option<&str>,
        holds: Option<&Spanned<String>>,
        mut parameters: Table,
        line: u32,
        hosts: &[&str],
    ) -> Option<Property> {
        let property = match (check, holds) {
            (Some(_), Some(holds)) => {
                let line = Some(self.line(holds));
                self.fault(LESSON_FILE, line, "both `check` and `holds`", "a check is one or the other");
                return None;
            }
            (Some(check), None) => {
                parameters.insert("check".to_owned(), Value::String(check.to_owned()));
                match Named::deserialize(Value::Table(parameters)) {
                    Ok(named) => {
                        if let Some(call) = named.unknown_call() {
                            let what = format!("there is no call {call:?}");
                            self.fault(
                                LESSON_FILE,
                                Some(line),
                                &what,
                                "use the name in the man page, or `recv`, `send`, `wait`",
                            );
                        }
                        Property::Named(named)
                    }
                    Err(error) => {
                        let what = format!("check = {check:?}: {}", error.message().trim());
                        self.fault(LESSON_FILE, Some(line), &what, "lessons/README.md lists the checks");
                        return None;
                    }
                }
            }
            (None, holds) => {
                if let Some(name) = parameters.keys().next() {
                    self.fault(LESSON_FILE, Some(line), &format!("unknown field `{name}`"), "");
                }
                let holds = holds?;
                match holds.get_ref().parse::<Pattern>() {
                    Ok(pattern) => Property::Pattern(pattern),
                    Err(fault) => {
                        let line = self.line(holds);
                        self.fault(LESSON_FILE, Some(line), &format!("not a pattern: {fault}"), "");
                        return None;
                    }
                }
            }
        };
        for name in property.hosts() {
            if !hosts.iter().any(|host| means(name, host)) {
                let what = format!("there is no host {name:?}");
                self.fault(LESSON_FILE, Some(line), &what, &format!("there are {}", hosts.join(", ")));
            }
        }
        Some(property)
    }

    pub(super) fn predictions(&mut self, all: Vec<Spanned<PredictionToml>>, hosts: &[&str]) -> Vec<Prediction> {
        let mut ids = BTreeSet::new();
        let mut predictions = vec![];
        for one in all {
            let line = self.line(&one);
            let PredictionToml { id, question, why, options } = one.into_inner();
            self.id(&id, line, &mut ids);
            self.both_languages(&question, "the question", line);
            let mut choices = vec![];
            let mut choice_ids = BTreeSet::new();
            for option in options {
                let line = self.line(&option);
                let OptionToml { id, en, zh, holds, check, parameters } = option.into_inner();
                self.id(&id, line, &mut choice_ids);
                let text = Text { en, zh };
                self.both_languages(&text, "an option", line);
                let property = self.property(check.as_deref(), holds.as_ref(), parameters, line, hosts);
                choices.push(Choice { id, text, property });
            }
            if choices.len() < 2 {
                self.fault(LESSON_FILE, Some(line), "fewer than two options", "then there is nothing to predict");
            }
            if choices.iter().filter(|choice| choice.property.is_none()).count() > 1 {
                let mend = "at most one option may be the one that is left when no other holds";
                self.fault(LESSON_FILE, Some(line), "several options without `holds` or `check`", mend);
            }
            predictions.push(Prediction { id, question, why, choices });
        }
        predictions
    }

    pub(super) fn checks(&mut self, all: Vec<Spanned<CheckToml>>, hosts: &[&str]) -> Vec<Check> {
        let mut ids = BTreeSet::new();
        let mut checks = vec![];
        for one in all {
            let line = self.line(&one);
            let CheckToml { id, title, check, holds, fail, schedules, parameters } = one.into_inner();
            self.id(&id, line, &mut ids);
            self.both_languages(&title, "the title", line);
            let mut read = vec![];
            for words in &schedules {
                read.extend(self.schedule([words]));
            }
            let before = self.faults.len();
            let property = self.property(check.as_deref(), holds.as_ref(), parameters, line, hosts);
            match property {
                Some(property) => checks.push(Check { id, title, property, fail, schedules: read, line }),
                None if self.faults.len() == before => {
                    let mend = "give it a `check` by its name, or a pattern in `holds`";
                    self.fault(LESSON_FILE, Some(line), &format!("the check {id:?} checks nothing"), mend);
                }
                None => {}
            }
        }
        checks
    }

    fn schedule<'a>(&mut self, words: impl IntoIterator<Item = &'a Spanned<String>>) -> Option<Schedule> {
        let words: Vec<_> = words.into_iter().collect();
        match Schedule::of(words.iter().map(|word| word.get_ref().as_str())) {
            Ok(schedule) => Some(schedule),
            Err(error) => {
                let line = words.first().map(|word| self.line(word));
                self.fault(LESSON_FILE, line, &error.to_string(), "or `plain`, or a setting such as loss=10%");
                None
            }
        }
    }

    pub(super) fn grade(&mut self, toml: &GradeToml) -> Grade {
        let usual = Grade::default();
        let time = self.duration(toml.time.as_ref()).unwrap_or(usual.time);
        Grade { time, repeat: toml.repeat.unwrap_or(usual.repeat).clamp(1, 10) }
    }

    pub(super) fn expect(&mut self, toml: Option<Spanned<ExpectToml>>, checks: &[Check]) -> Expect {
        let Some(toml) = toml else { return Expect::default() };
        let line = self.line(&toml);
        let ExpectToml { start, wrong } = toml.into_inner();
        let folders = self.wrong();
        for id in start.iter().chain(wrong.values().flat_map(|wrong| &wrong.fails)) {
            if !checks.iter().any(|check| check.id == *id) {
                self.fault(LESSON_FILE, Some(line), &format!("there is no check {id:?}"), "");
            }
        }
        for name in wrong.keys() {
            if !folders.contains_key(name) {
                self.fault(LESSON_FILE, Some(line), &format!("there is no folder wrong/{name}"), "");
            }
        }
        let wrong: BTreeMap<_, _> =
            wrong.into_iter().map(|(name, wrong)| (name, Wrong { fails: wrong.fails, says: wrong.says })).collect();
        Expect { start, wrong }
    }

    pub(super) fn claims(
        &mut self,
        all: Vec<Spanned<ClaimToml>>,
        usual: &[LessonHost],
        own_wire: &WireSettings,
    ) -> Vec<Claim> {
        let mut claims = vec![];
        for one in all {
            let line = self.line(&one);
            let ClaimToml { claim, files, wire, typed, hosts, holds, check, parameters } = one.into_inner();
            let mut hosts = if hosts.is_empty() {
                usual.iter().filter(|host| !host.hidden).cloned().collect()
            } else {
                self.hosts(hosts).unwrap_or_default()
            };
            if let Some(files) = files {
                let programs = self.programs(&format!("{}/", files.trim_end_matches('/')));
                if programs.is_empty() {
                    self.fault(LESSON_FILE, Some(line), &format!("there are no programs in {files}"), "");
                }
                for host in &mut hosts {
                    if let Some(source) = programs.get(&host.program.file) {
                        host.program = Program { source: source.clone(), ..host.program.clone() };
                    }
                }
            }
            for (name, typed) in typed {
                match hosts.iter_mut().find(|host| host.name == name) {
                    Some(host) => host.typed = typed,
                    None => self.fault(LESSON_FILE, Some(line), &format!("there is no host {name:?}"), ""),
                }
            }
            let wire = match wire {
                Some(words) => {
                    let schedule = self.schedule(words.iter()).unwrap_or_default();
                    schedule.applied_to(own_wire)
                }
                None => own_wire.clone(),
            };
            let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
            let before = self.faults.len();
            match self.property(check.as_deref(), holds.as_ref(), parameters, line, &names) {
                Some(property) => claims.push(Claim { claim, hosts, wire, property, line }),
                None if self.faults.len() == before => {
                    let mend = "say in `holds` what its trace shows";
                    self.fault(LESSON_FILE, Some(line), &format!("the experiment about {claim:?} shows nothing"), mend);
                }
                None => {}
            }
        }
        claims
    }
}
