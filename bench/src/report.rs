//! What was measured: a table for people, a line of JSON each for programs.

use serde_json::{Value, json};

use crate::stats::Spread;

#[derive(Default)]
pub struct Report {
    /// What the figures that come are measured on.
    on: &'static str,
    rows: Vec<Row>,
}

struct Row {
    on: &'static str,
    what: String,
    measured: String,
    bar: &'static str,
    json: Value,
}

impl Report {
    /// What comes is measured on this.
    pub fn on(&mut self, on: &'static str) {
        self.on = on;
    }

    /// One figure with its unit.
    pub fn figure(&mut self, what: &str, value: f64, unit: &str, bar: &'static str) {
        self.add(what, format!("{value:.1} {unit}"), bar, json!({ "value": value, "unit": unit }));
    }

    /// The median of `values`, with the least and the most.
    pub fn spread(&mut self, what: &str, values: &[f64], unit: &str, bar: &'static str) {
        let Spread { median, least, most } = Spread::of(values);
        let digits = if unit.is_empty() { 4 } else { 1 };
        let measured = format!("{median:.digits$} ({least:.digits$} to {most:.digits$}) {unit}");
        self.add(
            what,
            measured.trim_end().to_owned(),
            bar,
            json!({
                "value": median, "least": least, "most": most, "unit": unit,
            }),
        );
    }

    /// `ours` against `other`, as the median of the ratios of runs that took turns.
    pub fn ratio(&mut self, what: &str, ours: &[f64], other: &[f64], unit: &str, bar: &'static str) {
        let ratios: Vec<f64> = ours.iter().zip(other).map(|(ours, other)| ours / other).collect();
        let (ratio, own, other) = (Spread::of(&ratios), Spread::of(ours), Spread::of(other));
        let measured = format!(
            "{:.2} ({:.2} to {:.2}): {:.1} of {:.1} {unit}",
            ratio.median, ratio.least, ratio.most, own.median, other.median
        );
        let json = json!({
            "ratio": ratio.median, "least": ratio.least, "most": ratio.most, "ours": own.median, "other": other.median, "unit": unit,
        });
        self.add(what, measured, bar, json);
    }

    fn add(&mut self, what: &str, measured: String, bar: &'static str, mut json: Value) {
        eprintln!("{}, {what}: {measured}", self.on);
        json["on"] = self.on.into();
        json["what"] = what.into();
        json["bar"] = bar.into();
        self.rows.push(Row { on: self.on, what: what.to_owned(), measured, bar, json });
    }

    pub fn print(&self) {
        println!("| on | what | measured | bar |\n| --- | --- | --- | --- |");
        for Row { on, what, measured, bar, .. } in &self.rows {
            println!("| {on} | {what} | {measured} | {bar} |");
        }
        println!();
        for row in &self.rows {
            println!("{}", row.json);
        }
    }
}
