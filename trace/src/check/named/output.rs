//! What terminals show: where a lesson is about what a program prints, and what graders say.

use super::words::stuck;
use super::{Text, Verdict, no_host};
use crate::check::reading::Reading;
use crate::event::host::ExitStatus;

pub(super) fn prints(trace: &Reading<'_>, host: &str, text: &str) -> Verdict {
    let hosts = trace.hosts(host);
    if hosts.is_empty() {
        return no_host(host);
    }
    match hosts.iter().find_map(|host| trace.printed(*host, text)) {
        Some(seq) => {
            Verdict::passed(seq, Text::new(format!("{host} printed “{text}”."), format!("{host} 输出了“{text}”。")))
        }
        None => Verdict::failed(
            None,
            Text::new(format!("{host} never printed “{text}”."), format!("{host} 没有输出“{text}”。")),
        ),
    }
}

pub(super) fn framing(trace: &Reading<'_>, host: &str, texts: &[String]) -> Verdict {
    let Some(id) = trace.hosts(host).first().copied() else { return no_host(host) };
    let output = trace.output(id);
    let lines: Vec<&str> = output.lines().collect();
    let mut from = 0;
    for (index, text) in texts.iter().enumerate() {
        let found = lines[from..].iter().position(|line| line.contains(text.as_str()));
        let Some(found) = found.map(|found| from + found) else {
            let together = texts[..index].iter().rfind(|before| {
                lines.iter().any(|line| line.contains(before.as_str()) && line.contains(text.as_str()))
            });
            let cut = text
                .chars()
                .next()
                .is_some_and(|first| lines[from..].iter().any(|line| line.contains(first)) && text.chars().count() > 1);
            let told = match together {
                Some(before) => Text::new(
                    format!(
                        "“{before}” and “{text}” came out merged into one message: one `recv` returned both, and nothing said where the first one ends."
                    ),
                    format!(
                        "“{before}”和“{text}”粘成了一条消息：一次 `recv` 返回了两条，而没有任何东西说明第一条到哪里结束。"
                    ),
                ),
                None if cut => Text::new(
                    format!(
                        "“{text}” did not come out whole: `recv` returned only part of it, which was taken for a whole message."
                    ),
                    format!("“{text}”没有完整出现：`recv` 只返回了它的一部分，却被当成了一条消息。"),
                ),
                None => Text::new(format!("“{text}” never came out."), format!("“{text}”没有出现。")),
            };
            // What came out last of what is right; where nothing is, what came out first.
            let last = texts[..index].last().map(String::as_str).or(lines.first().copied());
            return Verdict::failed(last.and_then(|text| trace.printed(id, text)), told);
        };
        from = found + 1;
    }
    let at = texts.last().and_then(|text| trace.printed(id, text));
    let n = texts.len();
    Verdict::passed(at, Text::new(format!("All {n} messages came out whole."), format!("{n} 条消息都完整出现。")))
}

/// What a grader may say of one fault.
const FAIL: &str = "FAIL ";

pub(super) fn grader(trace: &Reading<'_>, host: &str) -> Verdict {
    let Some(id) = trace.host(host) else { return no_host(host) };
    let output = trace.output(id);
    let said: Vec<_> = output.lines().filter_map(|line| line.trim().strip_prefix(FAIL)).collect();
    let parts = said.iter().map(|said| said.split_once(" | ").unwrap_or((said, said)));
    let (en, zh): (Vec<_>, Vec<_>) = parts.map(|(en, zh)| (en.trim(), zh.trim())).unzip();
    if !said.is_empty() {
        let at = trace.printed(id, said[0]);
        return Verdict::failed(at, Text::new(en.join("; "), zh.join("；")));
    }
    match trace.ended(id) {
        Some((seq, ExitStatus::Exited(0))) => {
            Verdict::passed(seq, Text::new(format!("{host} is satisfied."), format!("{host} 检查通过。")))
        }
        Some((seq, _)) => {
            let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
            Verdict::failed(
                seq,
                Text::new(
                    format!("{host}, which tests your program, could not go on: {last}"),
                    format!("用来检验你的程序的 {host} 无法继续：{last}"),
                ),
            )
        }
        None => match trace.stuck(id) {
            Some(act) => {
                let what = stuck(act, trace);
                Verdict::failed(
                    act.seq(),
                    Text::new(
                        format!("{host}, which tests your program, got no further. {}", what.en),
                        format!("用来检验你的程序的 {host} 没有完成。{}", what.zh),
                    ),
                )
            }
            None => Verdict::failed(
                None,
                Text::new(
                    format!("{host}, which tests your program, had not finished when time was up."),
                    format!("时间用完时，用来检验你的程序的 {host} 还没有完成。"),
                ),
            ),
        },
    }
}
