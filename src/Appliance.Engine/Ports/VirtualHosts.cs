using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;

namespace Appliance.Engine;

/// <summary>
/// Which virtual hosts (CARP, by VHID) of one port this box is at this moment. Failover alone writes, in place; workers and the control
/// side look whenever they judge, so that a takeover counts from the next frame on, without a letter and whatever model is in force.
/// <code>
///   held        its addresses are the box's own, frames to its MAC address are taken
///   lingering   given to the peer just now: what switches still bring to its MAC address is taken, also what states translate
///               from its addresses, and no address answers
///   neither     another's
/// </code>
/// </summary>
public sealed class VirtualHosts
{
    private const int WordBits = 64;
    private const int Words = (byte.MaxValue + 1) / WordBits;

    private readonly ulong[] _held = new ulong[Words], _taken = new ulong[Words];

    /// <summary>Of a box that is alone: every virtual host is its own.</summary>
    public static VirtualHosts All()
    {
        var hosts = new VirtualHosts();
        Array.Fill(hosts._held, ulong.MaxValue);
        Array.Fill(hosts._taken, ulong.MaxValue);
        return hosts;
    }

    /// <summary>Whether the box is the virtual host; from any thread.</summary>
    public bool IsHeld(byte vhid) => IsSet(_held, vhid);

    /// <summary>Whether what is under way to it is taken: the box is the virtual host, or was just now; from any thread.</summary>
    public bool IsTaken(byte vhid) => IsSet(_taken, vhid);

    /// <summary>Whether a frame to the MAC address is taken: it is that of a virtual host that the box is, or was just now.</summary>
    public bool Takes(MacAddress mac) => CarpAddresses.IsVirtual(mac) && IsTaken((byte)mac.Value);

    /// <summary>By one thread at a time, as what follows. Seen by all before whatever the caller does next.</summary>
    public void Hold(byte vhid)
    {
        Change(_held, vhid, isSet: true);
        Change(_taken, vhid, isSet: true);
    }

    /// <summary>The peer has it, or is about to, and what is under way to here is not to be lost.</summary>
    public void Linger(byte vhid) => Change(_held, vhid, isSet: false);

    public void GiveUp(byte vhid)
    {
        Change(_held, vhid, isSet: false);
        Change(_taken, vhid, isSet: false);
    }

    private static bool IsSet(ulong[] words, byte vhid) => ((Volatile.Read(ref words[vhid / WordBits]) >> vhid) & 1) != 0;

    private static void Change(ulong[] words, byte vhid, bool isSet)
    {
        ulong bit = 1UL << vhid;
        if (isSet) Interlocked.Or(ref words[vhid / WordBits], bit);
        else Interlocked.And(ref words[vhid / WordBits], ~bit);
    }
}
