//! All that the page knows, and how it changes: [`State::apply`] takes an [`Action`] in and gives [`Effect`]s out.
//!
//! Nothing here touches the browser. What has to be done there is an effect, carried out by the app.

pub(crate) mod bench;
pub(crate) mod compare;
pub(crate) mod cursor;
pub(crate) mod desk;
pub(crate) mod host;
pub(crate) mod load;
pub(crate) mod log;
pub(crate) mod past;
pub(crate) mod practice;
pub(crate) mod progress;
pub(crate) mod run;
pub(crate) mod scope;
pub(crate) mod search;
pub(crate) mod selection;
pub(crate) mod visitor;

use std::time::Duration;

use trace::id::HostId;
use trace::lesson::{Hit, Lang, LessonPage, Part};
use trace::protocol::{Breakpoints, ClientMessage};

use crate::route::Route;
use bench::Bench;
use compare::Compare;
use cursor::Cursor;
use desk::Turn;
use load::{Load, LoadError};
use practice::Practise;
use progress::{Progress, Step};
use run::LinkEvent;
use scope::{Look, Panel};
use search::Search;
use visitor::Visit;

/// Something happened: a person did something, or the world answered.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Another place was chosen, by link or by the browser's back button.
    Go(Route),
    /// The other language was chosen.
    SwitchLang,
    /// The other colours were chosen.
    SwitchTheme,
    /// The system's colours changed.
    SystemIsDark(bool),
    /// The list of lessons came.
    Lessons(Lang, Result<Vec<Part>, LoadError>, Kept),
    /// A lesson came, with what is kept of an earlier visit.
    Lesson(String, Lang, Box<Result<LessonPage, LoadError>>, Kept),
    /// A recording came: its name, its bytes, and the event after which it is to be looked at.
    Recording(String, Result<Vec<u8>, LoadError>, Option<u64>),
    /// A recording that is to be compared came: on which side, its file's name, its bytes.
    Compared(usize, String, Result<Vec<u8>, LoadError>),
    /// A file was chosen for one side of a comparison.
    CompareFile(usize, web_sys::File),
    /// Every step of a comparison is to be shown, or only those around a difference.
    CompareAll(bool),
    /// The code of the scope has come, or has not.
    ScopeCode(Result<(), LoadError>),
    /// A file was chosen that may be a recording.
    OpenFile(web_sys::File),
    /// What failed to load is asked for again.
    Reload,
    /// What is shown is behind what is known.
    Redraw,
    /// A program was edited.
    Edit(usize, String),
    /// A program is to be the lesson's again.
    Reset(usize),
    /// A program is to be what the learner had before it was the lesson's again.
    Restore(usize),
    /// Run was pressed.
    Run,
    /// Stop was pressed.
    Stop,
    /// Keys were pressed in a host's terminal.
    Type(HostId, Vec<u8>),
    /// A host's terminal has another size: columns, rows.
    Resize(HostId, u16, u16),
    /// Something happened on a websocket, by its number.
    Link(u32, LinkEvent),
    /// It is time to try again after this websocket.
    Retry(u32),
    /// A person does not want to wait for the next attempt.
    Reconnect,
    /// A text is to be put on the clipboard.
    Copy(String),
    /// It is there.
    Copied(String),
    /// Something was done in the visitor's panel.
    Visit(Visit),
    /// The notice was read.
    Dismiss,
    /// The lesson's text is to be hidden, or shown again.
    ToggleLesson,
    /// Where there is room for one host only, it is to be this one.
    ShowHost(usize),
    /// The run is to be looked at otherwise.
    Look(Look),
    /// Something was done at the wire's desk.
    Desk(Turn),
    /// A host's program is to be held at these calls.
    Break(HostId, Breakpoints),
    /// What is held on a host is to go on.
    Next(HostId),
    /// Something was done with predictions, checks or hints.
    Practice(Practise),
    /// These words are looked for.
    Search(String),
    /// They were looked for: the words, and where they are.
    Found(Lang, String, Result<Vec<Hit>, LoadError>),
}

/// Something to be done in the browser.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Ask for the list of lessons.
    FetchLessons(Lang),
    /// Ask for a lesson.
    FetchLesson(String, Lang),
    /// Ask for a recording.
    FetchRecording(String),
    /// Ask for a recording that is to be compared, on this side.
    FetchCompared(usize, String),
    /// Read a file that is to be compared, on this side.
    ReadCompared(usize, web_sys::File),
    /// Load the code that draws the scope.
    FetchScope,
    /// Read a file that may be a recording.
    ReadFile(web_sys::File),
    /// Ask where these words are.
    Search(String, Lang),
    /// Have these programs checked.
    Check(String, Vec<String>),
    /// Ask what a run, by its link, says of a lesson's predictions.
    Predict(String, String),
    /// Remember a text under a key, or forget it.
    Keep(String, Option<String>),
    /// Put a text on the clipboard, or else show it.
    Copy(String),
    /// Open a websocket with this number, closing any other.
    Connect(u32),
    /// Send on the websocket.
    Send(ClientMessage),
    /// Close the websocket.
    Disconnect,
    /// Come back with [`Action::Retry`].
    RetryAfter(Duration, u32),
    /// Come back with [`Look::Tick`] before the next frame is drawn.
    Tick,
}

/// Looks up what an earlier visit left behind.
pub(crate) type Kept = fn(&str) -> Option<String>;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Theme {
    /// What the person chose, if ever.
    pub(crate) chosen: Option<bool>,
    /// What the system prefers.
    pub(crate) system: bool,
}

impl Theme {
    /// Whether the page is dark.
    pub(crate) fn is_dark(self) -> bool {
        self.chosen.unwrap_or(self.system)
    }
}

/// What of a lesson is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Whether the text is hidden.
    pub(crate) lesson_hidden: bool,
    /// The host, where there is room for one only.
    pub(crate) host: usize,
    /// Whether there is room for a panel beside the ladder.
    pub(crate) desk: bool,
}

/// All that the page knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// The language of everything on the page.
    pub(crate) lang: Lang,
    /// Its colours.
    pub(crate) theme: Theme,
    /// Where the person is.
    pub(crate) route: Route,
    /// The list of lessons, by the parts of the course.
    pub(crate) lessons: Load<Vec<Part>>,
    /// How far the learner is with them.
    pub(crate) progress: Progress,
    /// What is looked for in them.
    pub(crate) search: Search,
    /// What of it is shown.
    pub(crate) layout: Layout,
    /// The lesson of the route.
    pub(crate) bench: Load<Bench>,
    /// The runs that are compared, where two are.
    pub(crate) compare: Compare,
    /// The code that draws its scope.
    pub(crate) scope_code: Load<()>,
}

impl State {
    /// The page at the beginning, and what to ask for first.
    pub(crate) fn new(lang: Lang, theme: Theme, route: Route) -> (Self, Vec<Effect>) {
        let state = Self {
            lang,
            theme,
            compare: compared(&route),
            route,
            lessons: Load::Loading,
            progress: Progress::default(),
            search: Search::default(),
            layout: Layout::default(),
            bench: Load::Loading,
            scope_code: Load::Loading,
        };
        let effects = state.fetch();
        (state, effects)
    }

    /// Takes one action in.
    pub(crate) fn apply(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Go(route) => self.go(route),
            Action::SwitchLang => self.switch_lang(),
            Action::SwitchTheme => {
                let dark = !self.theme.is_dark();
                self.theme.chosen = Some(dark);
                vec![Effect::Keep("theme".into(), Some(if dark { "dark" } else { "light" }.into()))]
            }
            Action::SystemIsDark(dark) => {
                self.theme.system = dark;
                vec![]
            }
            Action::Lessons(lang, answer, kept) => {
                if lang == self.lang {
                    for lesson in answer.iter().flatten().flat_map(|part| &part.lessons) {
                        self.progress.recall(&lesson.id, kept);
                    }
                    self.lessons = answer.map_or_else(Load::Failed, Load::Ready);
                }
                vec![]
            }
            Action::Lesson(id, lang, answer, kept) if lang == self.lang && self.route == Route::Lesson(id.clone()) => {
                self.open(*answer, kept)
            }
            Action::Lesson(..) | Action::Redraw => vec![],
            Action::Recording(name, bytes, moment) => {
                if matches!(self.route, Route::Recording(_)) {
                    self.open_recording(name, bytes, moment);
                }
                vec![]
            }
            Action::Compared(side, name, bytes) => {
                self.compare.came(side, name, bytes);
                vec![]
            }
            Action::CompareFile(side, file) => vec![Effect::ReadCompared(side, file)],
            Action::CompareAll(all) => {
                self.compare.all = all;
                vec![]
            }
            Action::ScopeCode(answer) => {
                self.scope_code = answer.map_or_else(Load::Failed, Load::Ready);
                vec![]
            }
            Action::Search(question) => self.search.ask(question, self.lang),
            Action::Found(lang, question, answer) => {
                if lang == self.lang {
                    self.search.answered(&question, answer);
                }
                vec![]
            }
            Action::OpenFile(file) => vec![Effect::ReadFile(file)],
            Action::Reload => self.reload(),
            Action::ToggleLesson => {
                self.layout.lesson_hidden = !self.layout.lesson_hidden;
                vec![]
            }
            Action::ShowHost(host) => {
                self.layout.host = host;
                vec![]
            }
            Action::Desk(turn) => self.on_bench(|bench| bench.turn(turn)),
            Action::Break(host, at) => self.on_bench(|bench| bench.run.break_at(host, at)),
            Action::Next(host) => self.on_bench(|bench| bench.run.tell(ClientMessage::Next { host })),
            Action::Look(look) => self.on_bench(|bench| bench.look(look)),
            Action::Practice(act) => self.practise(act),
            Action::Edit(host, text) => self.on_bench(|bench| bench.edit(host, &text)),
            Action::Reset(host) => self.on_bench(|bench| bench.reset(host)),
            Action::Restore(host) => self.on_bench(|bench| bench.restore(host)),
            Action::Run => {
                let mut effects = self.on_bench(Bench::press_run);
                effects.extend(self.reach(Step::Ran));
                effects
            }
            Action::Stop => self.on_bench(|bench| bench.run.stop()),
            Action::Type(host, bytes) => self.on_bench(|bench| {
                bench.scope.cursor = Cursor::Live; // who acts wants to see what comes of it
                bench.run.typed(host, bytes)
            }),
            Action::Resize(host, cols, rows) => self.on_bench(|bench| bench.run.resized(host, cols, rows)),
            Action::Link(link, event) => self.on_bench(|bench| bench.on_link(link, event)),
            Action::Retry(link) => self.on_bench(|bench| bench.run.retry(link)),
            Action::Reconnect => self.on_bench(|bench| bench.run.reconnect()),
            Action::Visit(visit) => self.on_bench(|bench| bench.visit(visit)),
            Action::Copy(text) => vec![Effect::Copy(text)],
            Action::Copied(text) => self.on_bench(|bench| {
                bench.run.copied = text;
                vec![]
            }),
            Action::Dismiss => self.on_bench(|bench| {
                bench.run.notice = None;
                vec![]
            }),
        }
    }

    /// The other language, and what the page asks for in it.
    fn switch_lang(&mut self) -> Vec<Effect> {
        self.lang = if self.lang == Lang::En { Lang::Zh } else { Lang::En };
        let mut effects = vec![Effect::Keep("lang".into(), Some(self.lang.tag().into()))];
        effects.extend(self.fetch());
        effects.extend(self.search.again(self.lang));
        effects
    }

    /// Asks again for what could not be had.
    fn reload(&mut self) -> Vec<Effect> {
        if matches!(self.lessons, Load::Failed(_)) {
            self.lessons = Load::Loading;
        }
        if matches!(self.bench, Load::Failed(_)) {
            self.bench = Load::Loading;
        }
        self.compare.again();
        if matches!(self.scope_code, Load::Failed(_)) {
            self.scope_code = Load::Loading;
        }
        let mut effects = self.fetch();
        if matches!(self.search.hits, Load::Failed(_)) {
            effects.extend(self.search.again(self.lang));
        }
        effects
    }

    /// Something was done with predictions, checks or hints.
    fn practise(&mut self, act: Practise) -> Vec<Effect> {
        let mut effects = self.on_bench(|bench| bench.practise(act));
        if self.bench.ready().is_some_and(|bench| bench.practice.is_done()) {
            effects.extend(self.reach(Step::Passed));
        }
        effects
    }

    fn go(&mut self, route: Route) -> Vec<Effect> {
        if route == self.route {
            return vec![];
        }
        let mut effects = self.on_bench(|bench| bench.run.leave());
        // A recording has asked for none of the course.
        let without_course = matches!(self.route, Route::Recording(_)) && matches!(self.lessons, Load::Loading);
        self.compare = compared(&route);
        self.route = route;
        self.bench = Load::Loading;
        self.layout.host = 0;
        if without_course && !matches!(self.route, Route::Recording(_)) {
            effects.push(Effect::FetchLessons(self.lang));
        }
        effects.extend(self.fetch_place());
        effects
    }

    /// The scope's code comes after what there is to read: asked for later, and only where there is a scope.
    fn fetch_scope(&self) -> Option<Effect> {
        let wanted = matches!(self.route, Route::Lesson(_) | Route::Recording(_) | Route::Compare(_));
        (wanted && self.scope_code == Load::Loading).then_some(Effect::FetchScope)
    }

    /// Shows a recording.
    fn open_recording(&mut self, name: String, bytes: Result<Vec<u8>, LoadError>, moment: Option<u64>) {
        match bytes.and_then(|bytes| load::events(&bytes)) {
            Ok(events) => {
                let mut bench = Bench::of_recording(name, events);
                bench.scope.panel = self.layout.desk.then_some(Panel::Inspector);
                bench.scope.cursor = moment.map_or(Cursor::Live, Cursor::At);
                bench.go_to_cursor();
                self.bench = Load::Ready(bench);
            }
            Err(LoadError::Missing) => self.bench = Load::Failed(LoadError::NoSuchRun),
            Err(error) => self.bench = Load::Failed(error),
        }
    }

    /// What the page asks for in its language. What is shown stays until the answer is there.
    fn fetch(&self) -> Vec<Effect> {
        // A recording needs none of the course, and in a file of its own there is no server to be asked.
        let lessons = !matches!(self.route, Route::Recording(_));
        let mut effects = Vec::from_iter(lessons.then_some(Effect::FetchLessons(self.lang)));
        effects.extend(self.fetch_place());
        effects
    }

    /// What the place that the person is at needs.
    fn fetch_place(&self) -> Vec<Effect> {
        let place = match (&self.route, &self.bench) {
            (Route::Lesson(id), _) => Some(Effect::FetchLesson(id.clone(), self.lang)),
            (Route::Recording(Some(src)), Load::Loading) => Some(Effect::FetchRecording(src.clone())),
            _ => None,
        };
        place.into_iter().chain(self.compare.fetch()).chain(self.fetch_scope()).collect()
    }

    fn open(&mut self, answer: Result<LessonPage, LoadError>, kept: Kept) -> Vec<Effect> {
        match (answer, self.bench.ready_mut()) {
            (Ok(page), Some(bench)) => bench.translate(page),
            (Ok(page), None) => {
                let (mut bench, mut effects) = Bench::open(page, kept);
                bench.scope.panel = self.layout.desk.then_some(Panel::Inspector);
                self.progress.recall(&bench.page.card.id, kept);
                self.bench = Load::Ready(bench);
                effects.extend(self.reach(Step::Opened));
                return effects;
            }
            (Err(error), None) => self.bench = Load::Failed(error),
            // The lesson stays in its language: better that than to lose what is being worked on.
            (Err(_), Some(_)) => {}
        }
        vec![]
    }

    /// The learner has come so far with the open lesson. A recording is none.
    fn reach(&mut self, step: Step) -> Option<Effect> {
        let id = &self.bench.ready()?.page.card.id;
        if id.is_empty() { None } else { self.progress.reach(id, step) }
    }

    fn on_bench(&mut self, change: impl FnOnce(&mut Bench) -> Vec<Effect>) -> Vec<Effect> {
        let Some(bench) = self.bench.ready_mut() else { return vec![] };
        let mut effects = change(bench);
        effects.extend(bench.tell_wire());
        bench.go_to_cursor();
        effects
    }
}

/// The runs that a place compares.
fn compared(route: &Route) -> Compare {
    match route {
        Route::Compare(sources) => Compare::of(sources),
        _ => Compare::default(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use trace::event::host::{HostSpec, WireSettings};
    use trace::lesson::{Exercise, ExerciseHost, LessonCard, Report};

    /// A lesson with a client and a server, both of this source.
    pub(crate) fn page(id: &str, source: &str) -> LessonPage {
        let host = |name: &str, last| ExerciseHost {
            spec: HostSpec {
                name: name.into(),
                addr: [192, 168, 1, last].into(),
                prefix_len: 24,
                mac: [2, 0, 0, 0, 0, last],
                program: format!("{name}.py"),
                visitor: false,
                addr6: None,
            },
            source: source.into(),
            port: None,
        };
        LessonPage {
            card: LessonCard { id: id.into(), number: 2, title: "TCP".into(), summary: String::new(), minutes: None },
            html: "<p>…</p>".into(),
            exercise: Exercise {
                hosts: vec![host("client", 7), host("server", 4)],
                wire: WireSettings::default(),
                max_program: 65_536,
                visitor: None,
            },
            predictions: vec![],
            checks: vec![],
            hints: vec![],
        }
    }

    fn at(route: Route) -> State {
        State::new(Lang::En, Theme::default(), route).0
    }

    fn lesson(id: &str, lang: Lang, answer: Result<LessonPage, LoadError>) -> Action {
        Action::Lesson(id.into(), lang, Box::new(answer), |_| None)
    }

    fn reading() -> State {
        let mut state = at(Route::Lesson("02-tcp".into()));
        state.apply(lesson("02-tcp", Lang::En, Ok(page("02-tcp", "x"))));
        assert!(state.bench.ready().is_some());
        state
    }

    #[test]
    fn a_lessons_address_asks_for_it() {
        let (_, effects) = State::new(Lang::Zh, Theme::default(), Route::Lesson("01-udp".into()));
        assert_eq!(
            effects,
            [Effect::FetchLessons(Lang::Zh), Effect::FetchLesson("01-udp".into(), Lang::Zh), Effect::FetchScope]
        );
    }

    #[test]
    fn the_other_language_keeps_the_place_and_the_run() {
        let mut state = reading();
        state.apply(Action::Run);
        let effects = state.apply(Action::SwitchLang);
        assert_eq!(effects[0], Effect::Keep("lang".into(), Some("zh".into())));
        assert!(effects.contains(&Effect::FetchLesson("02-tcp".into(), Lang::Zh)));
        state.apply(lesson("02-tcp", Lang::Zh, Ok(page("02-tcp", "y"))));
        let bench = state.bench.ready().unwrap();
        assert!(bench.run.phase.is_active());
        assert_eq!(&*bench.programs[0].text, "y");
    }

    #[test]
    fn how_far_one_is_with_a_lesson_is_kept() {
        let mut state = at(Route::Lesson("02-tcp".into()));
        let kept = |step: &str| Effect::Keep("progress/02-tcp".into(), Some(step.into()));
        let opened = state.apply(lesson("02-tcp", Lang::En, Ok(page("02-tcp", "x"))));
        assert_eq!(opened, [kept("opened")]);
        assert!(state.apply(Action::Run).contains(&kept("ran")));
        assert!(!state.apply(Action::Run).contains(&kept("ran")), "that is known");
        let all = Practise::Checked(Box::new(Ok(Ok(Report::default()))));
        assert_eq!(state.apply(Action::Practice(all)), [kept("passed")]);
        assert_eq!(state.progress.of("02-tcp"), Some(Step::Passed));
    }

    #[test]
    fn a_translation_that_does_not_come_costs_nothing() {
        let mut state = reading();
        state.apply(Action::SwitchLang);
        state.apply(lesson("02-tcp", Lang::Zh, Err(LoadError::Offline)));
        assert!(state.bench.ready().is_some());
    }

    #[test]
    fn an_answer_that_comes_too_late_is_not_shown() {
        let mut state = at(Route::Lesson("02-tcp".into()));
        state.apply(Action::SwitchLang);
        state.apply(lesson("02-tcp", Lang::En, Ok(page("02-tcp", "x"))));
        assert_eq!(state.bench, Load::Loading);
        state.apply(Action::Go(Route::Lesson("03-udp".into())));
        state.apply(lesson("02-tcp", Lang::Zh, Ok(page("02-tcp", "x"))));
        assert_eq!(state.bench, Load::Loading);
    }

    #[test]
    fn leaving_a_lesson_stops_its_run() {
        let mut state = reading();
        state.apply(Action::Run);
        assert_eq!(state.apply(Action::Go(Route::Home)), [Effect::Disconnect]);
    }

    #[test]
    fn colours_follow_the_system_until_a_person_chooses() {
        let mut state = at(Route::Home);
        state.apply(Action::SystemIsDark(true));
        assert!(state.theme.is_dark());
        let effects = state.apply(Action::SwitchTheme);
        assert_eq!(effects, [Effect::Keep("theme".into(), Some("light".into()))]);
        state.apply(Action::SystemIsDark(true));
        assert!(!state.theme.is_dark());
    }

    #[test]
    fn what_failed_can_be_asked_for_again() {
        let mut state = at(Route::Lesson("02-tcp".into()));
        state.apply(lesson("02-tcp", Lang::En, Err(LoadError::Offline)));
        assert_eq!(state.bench, Load::Failed(LoadError::Offline));
        assert!(state.apply(Action::Reload).contains(&Effect::FetchLesson("02-tcp".into(), Lang::En)));
        assert_eq!(state.bench, Load::Loading);
    }
}
