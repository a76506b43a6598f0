//! `lesson.toml` as its authors write it. `lessons/README.md` explains it; the JSON Schema in `lessons/` is made of this.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::{Spanned, Table};
use trace::lesson::Text;

use crate::limits;

/// A lesson of Socklab: hosts with their programs, the wire between them, predictions, checks and hints.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "lesson.toml")]
pub(super) struct LessonToml {
    /// Its number in the course.
    pub(super) number: u16,
    /// How many minutes it takes, about.
    pub(super) minutes: Option<u16>,
    /// The wire at the beginning of a run.
    #[schemars(with = "Option<WireToml>")]
    pub(super) wire: Option<Spanned<WireToml>>,
    /// The learner's own browser and console, where they are to connect to the hosts.
    pub(super) visitor: Option<VisitorToml>,
    /// What a run may use, where the usual does not fit.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub(super) limits: limits::Table,
    /// The machines.
    #[schemars(with = "Vec<HostToml>")]
    pub(super) hosts: Vec<Spanned<HostToml>>,
    /// Questions before the first run. Never graded.
    #[serde(default)]
    #[schemars(with = "Vec<PredictionToml>")]
    pub(super) predictions: Vec<Spanned<PredictionToml>>,
    /// What a solution must do.
    #[serde(default)]
    #[schemars(with = "Vec<CheckToml>")]
    pub(super) checks: Vec<Spanned<CheckToml>>,
    /// How graded runs are made.
    #[serde(default)]
    pub(super) grade: GradeToml,
    /// They open one by one.
    #[serde(default)]
    pub(super) hints: Vec<Text>,
    /// What the lesson's tests expect.
    #[schemars(with = "Option<ExpectToml>")]
    pub(super) expect: Option<Spanned<ExpectToml>>,
    /// Statements that are put to the test.
    #[serde(default)]
    #[schemars(with = "Vec<ClaimToml>")]
    pub(super) claims: Vec<Spanned<ClaimToml>>,
}

/// A host `you` that runs nothing: the learner's own browser and console connect from it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VisitorToml {
    /// Its address: `"192.168.1.100"`.
    #[schemars(with = "String")]
    pub(super) addr: Spanned<String>,
}

/// A wire between hosts. What is not said is as in a perfect Ethernet.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WireToml {
    /// Each way: `"5ms"`.
    #[schemars(with = "Option<String>")]
    delay: Option<Spanned<String>>,
    /// Up to so much more, by chance.
    #[schemars(with = "Option<String>")]
    jitter: Option<Spanned<String>>,
    /// Share of frames that are lost: `"5%"`.
    #[schemars(with = "Option<String>")]
    loss: Option<Spanned<String>>,
    /// Share of frames that come twice.
    #[schemars(with = "Option<String>")]
    duplicate: Option<Spanned<String>>,
    /// Share of frames that the next one overtakes.
    #[schemars(with = "Option<String>")]
    reorder: Option<Spanned<String>>,
    /// `"64kbit"`.
    #[schemars(with = "Option<String>")]
    bandwidth: Option<Spanned<String>>,
    /// Rules such as `"one-byte to server"`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) schedule: Vec<Spanned<String>>,
    /// Frames that are held: `"tcp.fin from client"`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) hold: Vec<Spanned<String>>,
    /// Bytes of the largest IP packet.
    pub(super) mtu: Option<u16>,
    /// Where chance begins.
    pub(super) seed: Option<u64>,
    /// Directions that differ from the others.
    #[serde(default)]
    pub(super) link: Vec<DirectionToml>,
}

/// One direction of the wire. What it does not say is as in the others.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DirectionToml {
    /// The sending host; without it, every one.
    pub(super) from: Option<String>,
    /// The receiving host; without it, every one.
    pub(super) to: Option<String>,
    #[schemars(with = "Option<String>")]
    delay: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    jitter: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    loss: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    duplicate: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    reorder: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    bandwidth: Option<Spanned<String>>,
}

/// A link's settings by the names of [`trace::event::wire::Link::set`], which says what is wrong with a value.
pub(super) type LinkWords = [(&'static str, Option<Spanned<String>>); 6];

impl WireToml {
    pub(super) fn words(&mut self) -> LinkWords {
        [
            ("delay", self.delay.take()),
            ("jitter", self.jitter.take()),
            ("loss", self.loss.take()),
            ("duplicate", self.duplicate.take()),
            ("reorder", self.reorder.take()),
            ("bandwidth", self.bandwidth.take()),
        ]
    }
}

impl DirectionToml {
    pub(super) fn words(&mut self) -> LinkWords {
        [
            ("delay", self.delay.take()),
            ("jitter", self.jitter.take()),
            ("loss", self.loss.take()),
            ("duplicate", self.duplicate.take()),
            ("reorder", self.reorder.take()),
            ("bandwidth", self.bandwidth.take()),
        ]
    }
}

/// A machine with its program.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HostToml {
    /// Letters, digits and hyphens.
    pub(super) name: String,
    /// `"192.168.1.4"`
    #[schemars(with = "String")]
    pub(super) addr: Spanned<String>,
    /// A file in the lesson's folder.
    #[schemars(with = "String")]
    pub(super) program: Spanned<String>,
    /// What runs the program, with `{program}` where its file goes; without it, what the file's ending says: C is
    /// compiled first, a shell script is the shell's, anything else is Python.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) command: Option<Spanned<Vec<String>>>,
    /// How many bits of its address name the network: 24 if it is not said, which is the mask 255.255.255.0.
    pub(super) prefix: Option<u8>,
    /// `"fd00::4"`: the host has IPv6 too.
    #[schemars(with = "Option<String>")]
    pub(super) addr6: Option<Spanned<String>>,
    /// Its programs may make raw sockets.
    #[serde(default)]
    pub(super) raw: bool,
    /// The program's command line.
    #[serde(default)]
    pub(super) args: Vec<String>,
    /// Further files that it finds in its work folder.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) files: Vec<Spanned<String>>,
    /// Shown with the address.
    pub(super) port: Option<u16>,
    /// Its program begins once that host serves.
    pub(super) after: Option<String>,
    /// What graded runs type into its terminal, line by line.
    #[serde(default)]
    pub(super) typed: String,
    /// It is there in graded runs only.
    #[serde(default)]
    pub(super) hidden: bool,
    /// In graded runs this program takes the place of the learner's.
    #[schemars(with = "Option<String>")]
    pub(super) grader: Option<Spanned<String>>,
    /// Whether it is there in graded runs.
    #[serde(default = "yes")]
    pub(super) graded: bool,
}

const fn yes() -> bool {
    true
}

/// A question before the first run.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PredictionToml {
    /// Unique in the lesson.
    pub(super) id: String,
    /// What is asked.
    pub(super) question: Text,
    /// Told afterwards.
    pub(super) why: Option<Text>,
    /// At least two, of which exactly one holds in any run.
    #[schemars(with = "Vec<OptionToml>")]
    pub(super) options: Vec<Spanned<OptionToml>>,
}

/// An answer that can be chosen.
#[derive(Deserialize, JsonSchema)]
pub(super) struct OptionToml {
    /// Unique in the prediction.
    pub(super) id: String,
    /// English.
    pub(super) en: String,
    /// Simplified Chinese.
    pub(super) zh: String,
    /// The pattern that is true of a run in which this is the right answer.
    #[schemars(with = "Option<String>")]
    pub(super) holds: Option<Spanned<String>>,
    /// In its place a named check, with its parameters beside it.
    pub(super) check: Option<String>,
    #[serde(flatten)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub(super) parameters: Table,
}

/// What a solution must do: a named check with its parameters, or a pattern.
#[derive(Deserialize, JsonSchema)]
pub(super) struct CheckToml {
    /// Unique in the lesson, and the same for ever.
    pub(super) id: String,
    /// What is asked, in a few words.
    pub(super) title: Text,
    /// A named check; its parameters stand beside it.
    pub(super) check: Option<String>,
    /// In its place a pattern.
    #[schemars(with = "Option<String>")]
    pub(super) holds: Option<Spanned<String>>,
    /// Told to whom it fails, before what was seen.
    pub(super) fail: Option<Text>,
    /// It is judged in runs on such wires; without it, in every run.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) schedules: Vec<Spanned<String>>,
    #[serde(flatten)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub(super) parameters: Table,
}

/// How graded runs are made.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GradeToml {
    /// A graded run lasts at most so long: `"10s"`.
    #[schemars(with = "Option<String>")]
    pub(super) time: Option<Spanned<String>>,
    /// So many runs for each schedule, each with a seed of its own.
    pub(super) repeat: Option<u32>,
}

/// What the lesson's tests expect.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectToml {
    /// The checks that the programs as the learner gets them fail: exactly these.
    #[serde(default)]
    pub(super) start: Vec<String>,
    /// The wrong solutions, by the names of their folders in `wrong/`.
    #[serde(default)]
    pub(super) wrong: BTreeMap<String, WrongToml>,
}

/// What a wrong solution is told.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrongToml {
    /// The checks that it fails: exactly these.
    pub(super) fails: Vec<String>,
    /// What one of the messages contains, in English.
    pub(super) says: String,
}

/// An experiment about a statement of `course/claims.toml`.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ClaimToml {
    /// The statement's id.
    pub(super) claim: String,
    /// The folder with programs that take the place of those with the same names: `"claims/backlog"`.
    pub(super) files: Option<String>,
    /// Rules and settings of the wire in place of the exercise's: `["hold tcp.syn", "loss=10%"]`.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) wire: Option<Vec<Spanned<String>>>,
    /// What is typed, by hosts, in place of the hosts' own.
    #[serde(default)]
    pub(super) typed: BTreeMap<String, String>,
    /// Hosts in place of the exercise's.
    #[serde(default)]
    #[schemars(with = "Vec<HostToml>")]
    pub(super) hosts: Vec<Spanned<HostToml>>,
    /// The pattern that shows what Linux really does.
    #[schemars(with = "Option<String>")]
    pub(super) holds: Option<Spanned<String>>,
    /// In its place a named check, with its parameters beside it.
    pub(super) check: Option<String>,
    #[serde(flatten)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub(super) parameters: Table,
}

/// The JSON Schema of `lesson.toml`, for editors.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(LessonToml);
    let named = schemars::schema_for!(trace::check::Named);
    // The parameters of named checks, which stand beside `check`: what is possible with each.
    schema.insert("x-named-checks".to_owned(), named.into());
    // Sorted, because the order of keys is otherwise that of whatever else is built beside this:
    // another crate's wish for serde_json's `preserve_order` holds for all.
    let mut schema = schema.to_value();
    schema.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}
