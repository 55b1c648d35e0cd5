namespace Appliance.Fuzz.Oracle;

/// <summary>What the appliance says because of a frame; at most one thing.</summary>
internal enum ReplyKind : byte
{
    None,
    Arp,
    Advertisement,
    Echo,
    Error,          // may stay unsaid: errors are limited
}
