using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>Watches over one invariant of a world. Told of everything that may concern it; complains to the <see cref="Judge"/>.</summary>
internal abstract class Checker(World world, string name)
{
    public string Name => name;

    protected World World => world;

    /// <summary>So many boxes act as the master of a group from now on; perhaps as many as before.</summary>
    public virtual void OnMasters(int group, int masters)
    {
    }

    /// <summary>A fault begins or ends: what was so far is to be judged by what was known so far.</summary>
    public virtual void OnDisturbance()
    {
    }

    public virtual void OnAdvert(SimulatedBox box, int vhid)
    {
    }

    /// <summary>The data path sends a frame by a port; to be looked at.</summary>
    public virtual void OnForwarded(SimulatedBox box, int port, Span<byte> frame)
    {
    }

    /// <summary>A box is about to be frozen.</summary>
    public virtual void OnFreeze(SimulatedBox box)
    {
    }

    /// <summary>A box is about to go on, as it was when it was frozen.</summary>
    public virtual void OnThaw(SimulatedBox box)
    {
    }

    /// <summary>A box's clock is about to leap forward.</summary>
    public virtual void OnLeap(SimulatedBox box, long nanoseconds)
    {
    }

    /// <summary>A server got something of a conversation, from where the translation says.</summary>
    public virtual void OnServed(int conversation, IpProtocol protocol, Ipv4Address source, ushort port)
    {
    }

    /// <summary>A conversation ended that should not have.</summary>
    public virtual void OnLost(Conversation conversation)
    {
    }

    /// <summary>A box is killed, or the world ends; its frames can be counted.</summary>
    public virtual void OnEndOfLife(SimulatedBox box, BoxLife life)
    {
    }

    /// <summary>Behind the last life.</summary>
    public virtual void AtEnd()
    {
    }

    protected void Complain(string what) => world.Judge.Complain(this, what);
}
