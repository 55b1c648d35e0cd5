namespace Appliance.Firewall;

/// <summary>How a rule compares the number of a port, user or group (pf.conf(5), "port", "user").</summary>
public enum MatchOperator : byte
{
    Any,
    Equal,                      // =
    NotEqual,                   // !=
    Less,                       // <
    LessOrEqual,                // <=
    Greater,                    // >
    GreaterOrEqual,             // >=
    Range,                      // first:second, both included
    Inside,                     // first >< second, neither included
    Outside,                    // first <> second: less than first or greater than second
}
