namespace Appliance.Firewall;

/// <summary>How a rule compares a port number (pf.conf(5), "port").</summary>
public enum PortOperator : byte
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
