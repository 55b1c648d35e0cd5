namespace Appliance.Engine;

/// <summary>What is known of a transport checksum.</summary>
public enum ChecksumState : byte
{
    Unknown,
    Good,
    Bad,
    Partial,                // holds the pseudo-header's sum and is to be finished before the frame leaves
    ValidatedButStale,      // was good frame by frame; the header in front now speaks for several
}
