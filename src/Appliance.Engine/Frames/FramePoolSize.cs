namespace Appliance.Engine;

/// <summary>How many slots a pool has of each class.</summary>
/// <param name="Small">Slots of 2 KiB: a full Ethernet frame; the size of an AF_XDP chunk.</param>
/// <param name="Jumbo">Slots of 10 KiB: an MTU of up to 9216.</param>
/// <param name="Large">Slots of 68 KiB: the longest frame, tags and headroom included.</param>
public readonly record struct FramePoolSize(int Small, int Jumbo, int Large)
{
    public static readonly FramePoolSize Default = new(4096, 512, 192);
}
