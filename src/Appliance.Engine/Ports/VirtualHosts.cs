using Appliance.Wire.Ethernet;

namespace Appliance.Engine;

/// <summary>
/// Which virtual hosts (CARP, by VHID) of one port this box is at this moment. Failover alone writes, in place; workers and the control
/// side look whenever they judge, so that a takeover counts from the next frame on, without a letter and whatever model is in force.
/// </summary>
public sealed class VirtualHosts
{
    private const int WordBits = 64;
    private const ulong Prefix = 0x0000_5e00_0100;                      // 00:00:5e:00:01:VHID, RFC 9568 §7.3

    private readonly ulong[] _held = new ulong[(byte.MaxValue + 1) / WordBits];

    /// <summary>Of a box that is alone: every virtual host is its own.</summary>
    public static VirtualHosts All()
    {
        var hosts = new VirtualHosts();
        Array.Fill(hosts._held, ulong.MaxValue);
        return hosts;
    }

    /// <summary>Whether the MAC address is some virtual host's.</summary>
    public static bool IsVirtual(MacAddress mac) => (mac.Value & ~0xfful) == Prefix;

    /// <summary>From any thread.</summary>
    public bool IsHeld(byte vhid) => ((Volatile.Read(ref _held[vhid / WordBits]) >> vhid) & 1) != 0;

    /// <summary>Whether the MAC address is that of a virtual host which this box is.</summary>
    public bool IsHeld(MacAddress mac) => IsVirtual(mac) && IsHeld((byte)mac.Value);

    /// <summary>By one thread at a time. Seen by all before whatever the caller does next.</summary>
    public void Set(byte vhid, bool isHeld)
    {
        ulong bit = 1UL << vhid;
        if (isHeld) Interlocked.Or(ref _held[vhid / WordBits], bit);
        else Interlocked.And(ref _held[vhid / WordBits], ~bit);
    }
}
