//! `socklab doctor`: what the machine has, what it lacks, and what to do about that.

use std::fmt::Write;
use std::process::ExitCode;

use lab::doctor::{Finding, Verdict, examine};

pub(super) fn execute() -> ExitCode {
    let findings = examine();
    print!("{}", report(&findings));
    if broken(&findings).next().is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The findings without which nothing can run: what each is about, what was seen, its mend.
pub(super) fn broken(findings: &[Finding]) -> impl Iterator<Item = (&'static str, &str, &str)> {
    findings.iter().filter_map(|finding| match &finding.verdict {
        Verdict::Broken { seen, mend } => Some((finding.what, seen.as_str(), mend.as_str())),
        Verdict::Good(_) | Verdict::Lacking { .. } => None,
    })
}

fn report(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.what.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for Finding { what, verdict } in findings {
        let (mark, seen, mend) = match verdict {
            Verdict::Good(seen) => ("ok     ", seen, None),
            Verdict::Lacking { seen, mend } => ("lacking", seen, Some(mend)),
            Verdict::Broken { seen, mend } => ("BROKEN ", seen, Some(mend)),
        };
        writeln!(out, "{mark}  {what:width$}  {seen}").expect("a String takes all");
        if let Some(mend) = mend {
            writeln!(out, "         {:width$}  fix: {mend}", "").expect("a String takes all");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_comes_with_its_mend() {
        let text = |text: &str| text.to_owned();
        let findings = [
            Finding { what: "bubblewrap", verdict: Verdict::Good(text("0.8.0")) },
            Finding {
                what: "cgroups",
                verdict: Verdict::Lacking { seen: text("version 1"), mend: text("boot with version 2") },
            },
            Finding {
                what: "user namespaces",
                verdict: Verdict::Broken { seen: text("EPERM"), mend: text("sysctl user.max_user_namespaces=1000") },
            },
        ];
        insta::assert_snapshot!(report(&findings), @r"
        ok       bubblewrap       0.8.0
        lacking  cgroups          version 1
                                  fix: boot with version 2
        BROKEN   user namespaces  EPERM
                                  fix: sysctl user.max_user_namespaces=1000
        ");
        assert_eq!(broken(&findings).count(), 1);
    }
}
