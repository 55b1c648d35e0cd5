namespace Appliance.Routing;

/// <summary>What an own address's change of state asks to be done.</summary>
[Flags]
internal enum ClaimActions : byte
{
    None = 0,
    Probe = 1,
    Announce = 2,
    Defend = 4,         // an announcement, unless there was one a short time ago
    Report = 8,
}
