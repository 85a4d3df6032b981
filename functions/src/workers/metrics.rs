//! Metrics, as lines of the log that CloudWatch makes metrics of: no call, no right to any.
//!
//! The embedded metric format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use jiff::Timestamp;
use serde_json::{Value, json};

/// What a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Count,
}

/// Puts metrics of a deployment in its log.
pub(super) fn put_metrics(deployment: &str, now: Timestamp, metrics: &[(&str, Unit, u64)]) {
    println!("{}", line(deployment, now, metrics));
}

fn line(deployment: &str, now: Timestamp, metrics: &[(&str, Unit, u64)]) -> Value {
    let described = metrics.iter().map(|(name, unit, _)| {
        let unit = match unit {
            Unit::Seconds => "Seconds",
            Unit::Count => "Count",
        };
        json!({ "Name": name, "Unit": unit })
    });
    let mut line = json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Ecoute",
                "Dimensions": [["Environment"]],
                "Metrics": described.collect::<Vec<_>>(),
            }],
        },
        "Environment": deployment,
    });
    for (name, _, value) in metrics {
        line[*name] = (*value).into();
    }
    line
}
