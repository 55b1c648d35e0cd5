namespace Appliance.Firewall;

/// <summary>What a rule has logged: <c>log</c>, <c>log (all)</c>, <c>log (matches)</c>, <c>log (user)</c>.</summary>
[Flags]
public enum LogOptions : byte
{
    None = 0,
    First = 1,                  // the packet that the rule judged
    All = 2,                    // and all of the state's
    User = 4,                   // with the user of the socket; nothing runs here, so it says nothing more
    Matches = 16,               // and every rule that matches the packet from here on
}
