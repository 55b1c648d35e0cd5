namespace Appliance.Node;

/// <summary>How a log is written.</summary>
public enum LogFormat
{
    Json,                       // a JSON document a line
    FilterLog,                  // OPNsense's filterlog, a line a packet
    Pflog,                      // a capture with link type PFLOG
}
