//! Lines of the report, as Markdown tables that `docs/PERFORMANCE.md` takes over.

use std::time::Duration;

/// Says one line. The report is the program's output.
#[expect(clippy::print_stdout, reason = "the report is this program's output")]
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// The machine the figures are from.
pub(crate) fn machine() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    line(&format!(
        "Machine: {cores} cores,{} · load before: {}",
        model.trim_start_matches([' ', '\t', ':']),
        load.trim()
    ));
}

/// A heading and the head of a table.
pub(crate) fn table(title: &str, columns: &[&str]) {
    line(&format!("\n### {title}\n\n| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len())));
}

/// A line of a table.
pub(crate) fn row(cells: &[String]) {
    line(&format!("| {} |", cells.join(" | ")));
}

/// `1.23 s`, `4.5 ms`, `67 µs`.
pub(crate) fn time(duration: Duration) -> String {
    match duration.as_secs_f64() {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 0.001 => format!("{:.1} ms", s * 1e3),
        s => format!("{:.0} µs", s * 1e6),
    }
}

/// The `p`-th percentile of sorted durations.
pub(crate) fn percentile(sorted: &[Duration], p: f64) -> Duration {
    let index = (sorted.len().saturating_sub(1)) as f64 * p / 100.0;
    sorted.get(index.round() as usize).copied().unwrap_or_default()
}
