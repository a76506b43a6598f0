//! An open lesson: its page, the programs as they were edited, and the latest run.

use std::rc::Rc;

use trace::event::Event;
use trace::event::wire::WireSettings;
use trace::lesson::{Exercise, ExerciseHost, LessonCard, LessonPage};
use trace::model::Host;
use trace::protocol::ClientMessage;

use super::Effect;
use super::desk::{Desk, Turn};
use super::host::Hosts;
use super::past::Past;
use super::practice::{Practice, Practise};
use super::run::{self, LinkEvent, Phase, Run};
use super::scope::{Look, Scope};
use super::visitor::Visit;

/// A lesson with everything that was done to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bench {
    /// The lesson.
    pub(crate) page: LessonPage,
    /// Its text up to what is to be done, and from there on.
    pub(crate) prose: [Rc<str>; 2],
    /// The programs, in the order of the hosts.
    pub(crate) programs: Vec<Program>,
    /// The latest run.
    pub(crate) run: Run,
    /// How that is looked at.
    pub(crate) scope: Scope,
    /// What the wire is told.
    pub(crate) desk: Desk,
    /// The world at the cursor; `None` is the latest, which the run has.
    pub(crate) past: Option<Past>,
    /// Predictions, checks and hints.
    pub(crate) practice: Practice,
}

/// A program in its editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// The text as it stands.
    pub(crate) text: Rc<str>,
    /// Counts the times that the text was replaced other than by typing: the editor then takes it over.
    pub(crate) revision: u32,
    /// What the latest run was given.
    pub(crate) ran: Option<Rc<str>>,
    /// What the learner had when it was replaced by the lesson's text.
    pub(crate) mine: Option<Rc<str>>,
}

impl Program {
    fn new(text: &str) -> Self {
        Self { text: text.into(), revision: 0, ran: None, mine: None }
    }

    /// Whether the text is another than the latest run's: its lines then say nothing about the text.
    pub(crate) fn differs_from_run(&self) -> bool {
        self.ran.as_ref().is_some_and(|ran| *ran != self.text)
    }

    /// Whether there is an earlier text of the learner's to go back to.
    pub(crate) fn has_other(&self) -> bool {
        self.mine.as_ref().is_some_and(|mine| *mine != self.text)
    }

    fn replace(&mut self, text: &str) {
        self.text = text.into();
        self.revision += 1;
    }
}

impl Bench {
    /// Opens a lesson; `kept` knows the text that an earlier visit left behind under a key. A run that this tab had
    /// begun before it was reloaded is taken up again.
    pub(crate) fn open(page: LessonPage, kept: impl Fn(&str) -> Option<String>) -> (Self, Vec<Effect>) {
        let mut run = Run::default();
        let (lesson, hosts) = (&page.card.id, page.exercise.hosts.len());
        let effects = kept(&run::key(lesson)).map_or_else(Vec::new, |key| run.take_up(lesson, &key, hosts));
        let programs = (0..hosts)
            .map(|host| {
                let text = kept(&key(&page, host));
                let ran = kept(&run_key(&page, host)).filter(|_| !effects.is_empty());
                Program {
                    ran: ran.map(Rc::from),
                    mine: kept(&mine_key(&page, host)).map(Rc::from),
                    ..text.map_or_else(|| Program::new(source(&page, host)), |text| Program::new(&text))
                }
            })
            .collect();
        (
            Self {
                prose: prose(&page),
                practice: Practice::open(&page, kept),
                page,
                programs,
                run,
                scope: Scope::default(),
                desk: Desk::default(),
                past: None,
            },
            effects,
        )
    }

    /// Opens a recording under a name: what can be known of its lesson is what the trace tells.
    pub(crate) fn of_recording(name: String, events: Vec<Event>) -> Self {
        let run = Run::recorded(events);
        let host = |host: &Host| ExerciseHost {
            spec: host.spec.clone(),
            source: host.text.as_deref().unwrap_or_default().to_owned(),
            port: None,
        };
        // A visitor is the last of them, and has no program to show.
        let programs = |host: &&Host| !host.spec.visitor;
        let hosts: Vec<_> = run.log.timeline().latest().hosts.iter().take_while(programs).map(host).collect();
        let programs = hosts.iter().map(|host| Program::new(&host.source)).collect();
        let page = LessonPage {
            card: LessonCard { id: String::new(), number: 0, title: name, summary: String::new(), minutes: None },
            html: String::new(),
            exercise: Exercise { hosts, wire: run.log.timeline().latest().wire.clone(), max_program: 0, visitor: None },
            predictions: vec![],
            checks: vec![],
            hints: vec![],
        };
        Self {
            prose: prose(&page),
            page,
            programs,
            run,
            scope: Scope::default(),
            desk: Desk::default(),
            past: None,
            practice: Practice::default(),
        }
    }

    /// Takes over the same lesson in another language. What was edited stays as it is.
    pub(crate) fn translate(&mut self, page: LessonPage) {
        for (host, program) in self.programs.iter_mut().enumerate() {
            if *program.text == *source(&self.page, host) && source(&page, host) != &*program.text {
                program.replace(source(&page, host));
            }
        }
        self.prose = prose(&page);
        self.page = page;
    }

    /// Whether a program is another than the lesson's.
    pub(crate) fn is_edited(&self, host: usize) -> bool {
        self.programs.get(host).is_some_and(|program| *program.text != *source(&self.page, host))
    }

    /// A person edited a program.
    pub(crate) fn edit(&mut self, host: usize, text: &str) -> Vec<Effect> {
        let Some(program) = self.programs.get_mut(host) else { return vec![] };
        program.text = text.into();
        let value = self.is_edited(host).then(|| text.to_owned());
        vec![Effect::Keep(key(&self.page, host), value)]
    }

    /// A person wants the lesson's text back.
    pub(crate) fn reset(&mut self, host: usize) -> Vec<Effect> {
        let Some(program) = self.programs.get_mut(host) else { return vec![] };
        let mine = program.text.clone();
        program.replace(source(&self.page, host));
        program.mine = Some(mine.clone());
        vec![
            Effect::Keep(key(&self.page, host), None),
            Effect::Keep(mine_key(&self.page, host), Some(mine.to_string())),
        ]
    }

    /// A person wants back what they had before they took the lesson's text. What stands there now can be had back the
    /// same way.
    pub(crate) fn restore(&mut self, host: usize) -> Vec<Effect> {
        let edited = self.is_edited(host);
        let Some(program) = self.programs.get_mut(host) else { return vec![] };
        let Some(mine) = program.mine.clone() else { return vec![] };
        let mut effects = vec![];
        if edited {
            effects.push(Effect::Keep(mine_key(&self.page, host), Some(program.text.to_string())));
            program.mine = Some(program.text.clone());
        }
        program.replace(&mine);
        effects.push(Effect::Keep(key(&self.page, host), Some(mine.to_string())));
        effects
    }

    /// Something was done in the visitor's panel.
    pub(crate) fn visit(&mut self, visit: Visit) -> Vec<Effect> {
        let usual = self.usual_visit();
        self.run.console.visit(visit, &usual).map(Effect::Send).into_iter().collect()
    }

    /// Where a visitor goes who has not typed an address: the first host that tells a port.
    pub(crate) fn usual_visit(&self) -> String {
        let hosts = &self.page.exercise.hosts;
        let at = hosts.iter().find_map(|host| Some((host.spec.addr, host.port?)));
        at.map_or_else(String::new, |(addr, port)| format!("{addr}:{port}"))
    }

    /// Run was pressed.
    pub(crate) fn press_run(&mut self) -> Vec<Effect> {
        for program in &mut self.programs {
            program.ran = Some(program.text.clone());
        }
        let programs: Vec<_> = self.programs.iter().map(|program| program.text.to_string()).collect();
        let keep = |(host, text): (usize, &String)| Effect::Keep(run_key(&self.page, host), Some(text.clone()));
        let kept: Vec<_> = programs.iter().enumerate().map(keep).collect();
        self.scope.another_run();
        let wire = self.desk.another_run();
        self.practice.latest.clear(); // its moments are not this run's
        let mut effects = self.run.press(self.page.card.id.clone(), programs, wire);
        effects.extend(kept);
        effects
    }

    /// Something was done with predictions, checks or hints.
    pub(crate) fn practise(&mut self, act: Practise) -> Vec<Effect> {
        let programs = self.programs.iter().map(|program| program.text.to_string()).collect();
        self.practice.apply(act, &self.page, programs)
    }

    /// Something came from the server. When a run is over, it is asked what the run says of the predictions.
    pub(crate) fn on_link(&mut self, link: u32, event: LinkEvent) -> Vec<Effect> {
        let was_over = matches!(self.run.phase, Phase::Ended(_));
        let mut effects = self.run.on_link(link, event);
        if !was_over
            && matches!(self.run.phase, Phase::Ended(_))
            && !self.page.predictions.is_empty()
            && let Some(link) = self.run.link()
        {
            effects.push(Effect::Predict(self.page.card.id.clone(), link.to_owned()));
        }
        effects
    }

    /// The run is to be looked at otherwise.
    pub(crate) fn look(&mut self, look: Look) -> Vec<Effect> {
        self.scope.apply(look, &self.run.log.events())
    }

    /// Something was done at the wire's desk.
    pub(crate) fn turn(&mut self, turn: Turn) -> Vec<Effect> {
        let (wire, names) = (self.wire(), self.host_names());
        let timeline = self.run.log.timeline();
        let commands = self.desk.turn(turn, &wire, &names, timeline.latest());
        commands.into_iter().flat_map(|command| self.run.tell(ClientMessage::Wire(command))).collect()
    }

    /// How the wire is, or is to be from the next start on: what a person chose; what it is as long as a run goes on,
    /// which may have begun before the page was loaded; what the lesson makes of it.
    pub(crate) fn wire(&self) -> WireSettings {
        let timeline = self.run.log.timeline();
        let now = timeline.latest();
        let base = if now.is_live() { &now.wire } else { &self.page.exercise.wire };
        self.desk.wire(base).clone()
    }

    /// The names of all that hang on the wire, in the order of their numbers. Before the first run nobody has seen the
    /// visitor's host.
    pub(crate) fn host_names(&self) -> Vec<String> {
        let timeline = self.run.log.timeline();
        let seen = timeline.latest().hosts.iter().map(|host| host.spec.name.clone());
        let known = self.page.exercise.hosts.iter().map(|host| host.spec.name.clone());
        if timeline.latest().hosts.is_empty() { known.collect() } else { seen.collect() }
    }

    /// Tells a run that has just begun what was chosen for its wire.
    pub(crate) fn tell_wire(&mut self) -> Vec<Effect> {
        let command = self.desk.news(self.run.log.timeline().latest());
        command.map_or_else(Vec::new, |command| self.run.tell(ClientMessage::Wire(command)))
    }

    /// Has the world ready at the moment that is looked at: once for all that is drawn of it.
    pub(crate) fn go_to_cursor(&mut self) {
        let timeline = self.run.log.timeline();
        let count = self.scope.cursor.count(timeline.events());
        self.past = count.map(|count| Past::after(&timeline, count, self.past.take()));
    }

    /// How many events have happened at the moment that is looked at.
    pub(crate) fn count(&self) -> usize {
        self.past.as_ref().map_or(self.run.log.len(), |past| past.count)
    }

    /// What the hosts are doing at the moment that is looked at.
    pub(crate) fn hosts(&self) -> &Hosts {
        self.past.as_ref().map_or(&self.run.hosts, |past| &past.hosts)
    }
}

/// A host's program as the lesson ships it.
fn source(page: &LessonPage, host: usize) -> &str {
    page.exercise.hosts.get(host).map_or("", |host| &host.source)
}

/// The lesson's text, with what the page adds: code blocks and tables wider than the page can be scrolled by keyboard. It is cut
/// before its second part, where something is to be done (`lessons/README.md`): predictions come before that.
fn prose(page: &LessonPage) -> [Rc<str>; 2] {
    let html = page.html.replace("<pre>", "<pre tabindex=\"0\">").replace("<table>", "<table tabindex=\"0\">");
    let at = html.match_indices("<h2").nth(1).map_or(html.len(), |(at, _)| at);
    let (before, after) = html.split_at(at);
    [before.into(), after.into()]
}

/// Where the text is kept that the latest run was given.
fn run_key(page: &LessonPage, host: usize) -> String {
    format!("run/{}", key(page, host))
}

/// Where an edited program is kept.
fn key(page: &LessonPage, host: usize) -> String {
    let file = page.exercise.hosts.get(host).map_or("", |host| &host.spec.program);
    format!("program/{}/{file}", page.card.id)
}

/// Where it is kept what the learner had before the lesson's text was taken again.
fn mine_key(page: &LessonPage, host: usize) -> String {
    format!("mine/{}", key(page, host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::page;

    fn opened(source: &str) -> Bench {
        Bench::open(page("02-tcp", source), |_| None).0
    }

    #[test]
    fn a_reloaded_page_takes_its_run_up_again() {
        let kept = |key: &str| match key {
            "run/02-tcp" => Some("k1 l1".to_owned()),
            "run/program/02-tcp/server.py" => Some("as it ran".to_owned()),
            _ => None,
        };
        let (bench, effects) = Bench::open(page("02-tcp", "x = 1\n"), kept);
        assert_eq!(effects, [Effect::Connect(1)]);
        assert!(bench.run.phase.is_active());
        assert!(bench.programs[1].differs_from_run() && !bench.programs[0].differs_from_run());
    }

    #[test]
    fn what_was_edited_is_kept_and_what_equals_the_lesson_is_not() {
        let mut bench = opened("x = 1\n");
        let keep = |text: Option<&str>| Effect::Keep("program/02-tcp/client.py".into(), text.map(str::to_owned));
        assert_eq!(bench.edit(0, "x = 2\n"), [keep(Some("x = 2\n"))]);
        assert!(bench.is_edited(0) && !bench.is_edited(1));
        assert_eq!(bench.edit(0, "x = 1\n"), [keep(None)]);
        bench.edit(0, "x = 3\n");
        assert_eq!(bench.reset(0)[0], keep(None));
        assert_eq!((&*bench.programs[0].text, bench.programs[0].revision), ("x = 1\n", 1));
    }

    #[test]
    fn what_was_reset_can_be_had_back() {
        let mut bench = opened("x = 1\n");
        assert!(!bench.programs[0].has_other());
        bench.edit(0, "mine");
        let kept = Effect::Keep("mine/program/02-tcp/client.py".into(), Some("mine".into()));
        assert!(bench.reset(0).contains(&kept) && bench.programs[0].has_other());
        // What was written since then is not lost either: the two change places.
        bench.edit(0, "newer");
        bench.restore(0);
        assert_eq!(&*bench.programs[0].text, "mine");
        bench.restore(0);
        assert_eq!(&*bench.programs[0].text, "newer");
        let again = |key: &str| key.starts_with("mine/").then(|| "of last week".to_owned());
        let (mut bench, _) = Bench::open(page("02-tcp", "x = 1\n"), again);
        bench.restore(1);
        assert_eq!((&*bench.programs[1].text, bench.programs[1].has_other()), ("of last week", false));
    }

    #[test]
    fn predictions_come_before_what_is_to_be_done() {
        let mut lesson = page("02-tcp", "");
        lesson.html = "<p>why</p><h2>idea</h2><h2>do</h2><h2>look</h2>".into();
        let [before, after] = Bench::open(lesson, |_| None).0.prose;
        assert_eq!((&*before, &*after), ("<p>why</p><h2>idea</h2>", "<h2>do</h2><h2>look</h2>"));
    }

    #[test]
    fn an_earlier_visits_text_comes_back() {
        let kept = |key: &str| (key == "program/02-tcp/server.py").then(|| "mine".to_owned());
        let (bench, effects) = Bench::open(page("02-tcp", "x = 1\n"), kept);
        assert_eq!(effects, []);
        assert_eq!((&*bench.programs[0].text, &*bench.programs[1].text), ("x = 1\n", "mine"));
    }

    #[test]
    fn another_language_keeps_what_was_edited() {
        let mut bench = opened("# a server\n");
        bench.edit(1, "mine");
        bench.translate(page("02-tcp", "# 服务器\n"));
        assert_eq!((&*bench.programs[0].text, &*bench.programs[1].text), ("# 服务器\n", "mine"));
    }

    #[test]
    fn editing_during_a_run_is_noticed() {
        let mut bench = opened("x = 1\n");
        assert!(!bench.programs[0].differs_from_run());
        bench.press_run();
        assert!(!bench.programs[0].differs_from_run());
        bench.edit(0, "x = 2\n");
        assert!(bench.programs[0].differs_from_run());
    }
}
