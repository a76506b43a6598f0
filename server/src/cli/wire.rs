//! The wire by hand from the command line: lines such as `wire release 3`, `wire drop all`, `wire unplug client`.

use trace::event::wire::{Action, Rule, WireSettings};
use trace::id::{FrameId, HostId};
use trace::protocol::{Pick, WireCommand};

/// What a line has to begin with.
const WORD: &str = "wire ";

/// What can follow it.
const USAGE: &str = "write `wire` and then: release all|NUMBER|FILTER, drop all|NUMBER|FILTER, duplicate NUMBER, \
                     move NUMBER behind NUMBER, hold [NUMBER|FILTER], reset [FILTER], unplug HOST, plug HOST, or settings \
                     such as delay=5ms loss=1%";

/// The command in a line, if it is one for the wire; `settings` are those that the wire has, `names` the hosts'.
pub(super) fn command(line: &str, settings: &WireSettings, names: &[String]) -> Option<Result<WireCommand, String>> {
    let line = line.strip_prefix(WORD)?.trim();
    Some(parse(line, settings, names).map_err(|fault| format!("{fault}; {USAGE}")))
}

fn parse(line: &str, settings: &WireSettings, names: &[String]) -> Result<WireCommand, String> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    Ok(match verb {
        "release" => WireCommand::Release(pick(rest)?),
        "drop" => WireCommand::Drop(pick(rest)?),
        "duplicate" => WireCommand::Duplicate(frame(rest)?),
        "move" => {
            let (moved, behind) = rest.split_once(" behind ").ok_or("it takes two frames")?;
            WireCommand::Move { frame: frame(moved)?, behind: frame(behind)? }
        }
        "hold" if rest.parse::<u64>().is_ok() => WireCommand::Hold(pick(rest)?),
        "hold" => {
            let filter = rest.parse().map_err(said)?;
            let mut settings = settings.clone();
            settings.rules.push(Rule { action: Action::Hold, filter });
            WireCommand::Set(settings)
        }
        "reset" => WireCommand::Reset(rest.parse().map_err(said)?),
        "unplug" => WireCommand::Unplug(host(rest, names)?),
        "plug" => WireCommand::Plug(host(rest, names)?),
        _ => {
            let mut settings = settings.clone();
            settings.link.set_all(line).map_err(said)?;
            WireCommand::Set(settings)
        }
    })
}

fn pick(text: &str) -> Result<Pick, String> {
    match (text, text.parse()) {
        ("all", _) => Ok(Pick::All),
        ("", _) => Err("which frames?".to_owned()),
        (_, Ok(number)) => Ok(Pick::Frame(FrameId(number))),
        _ => text.parse().map(Pick::Matching).map_err(said),
    }
}

fn frame(text: &str) -> Result<FrameId, String> {
    text.trim().parse().map(FrameId).map_err(|_| format!("{text:?} is not a frame's number"))
}

fn host(name: &str, names: &[String]) -> Result<HostId, String> {
    (0..)
        .map(HostId)
        .zip(names)
        .find(|(_, known)| *known == name)
        .map(|(id, _)| id)
        .ok_or(format!("there is no host {name:?}"))
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<WireCommand, String> {
        let names = ["server".to_owned(), "client".to_owned()];
        command(line, &WireSettings::default(), &names).expect("begins with `wire `")
    }

    #[test]
    fn lines_for_the_wire() {
        assert_eq!(read("wire release all"), Ok(WireCommand::Release(Pick::All)));
        assert_eq!(read("wire hold 3"), Ok(WireCommand::Hold(Pick::Frame(FrameId(3)))));
        assert_eq!(read("wire drop 3"), Ok(WireCommand::Drop(Pick::Frame(FrameId(3)))));
        assert_eq!(read("wire drop tcp.fin"), Ok(WireCommand::Drop(Pick::Matching("tcp.fin".parse().unwrap()))));
        let moved = WireCommand::Move { frame: FrameId(3), behind: FrameId(5) };
        assert_eq!(read("wire move 3 behind 5"), Ok(moved));
        assert_eq!(read("wire unplug client"), Ok(WireCommand::Unplug(HostId(1))));
        let Ok(WireCommand::Set(settings)) = read("wire delay=5ms") else { panic!("settings are set") };
        assert_eq!(settings.link, "delay=5ms".parse().unwrap());
        let Ok(WireCommand::Set(settings)) = read("wire hold udp") else { panic!("a hold is a setting") };
        assert_eq!(settings.rules, ["hold udp".parse().unwrap()]);
    }

    #[test]
    fn other_lines_are_for_programs() {
        assert_eq!(command("hello", &WireSettings::default(), &[]), None);
        assert_eq!(command("wired", &WireSettings::default(), &[]), None);
    }

    #[test]
    fn faults_say_what_can_be_written() {
        let fault = |line| read(line).unwrap_err();
        assert!(fault("wire drop").starts_with("which frames?; write `wire` and then: release"));
        assert!(fault("wire unplug clown").starts_with("there is no host \"clown\";"));
        assert!(fault("wire delay").starts_with("\"delay\" has no value;"));
        assert!(fault("wire move 3").starts_with("it takes two frames;"));
    }
}
