using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>Asked whether a translated endpoint is free. A struct of the caller's, so that no call of it is virtual.</summary>
public interface IPortProbe
{
    /// <summary>To which half of the ports new flows are kept.</summary>
    PortHalf Half { get; }

    /// <summary>
    /// Whether no other flow has this source towards the destination in question, nobody of the appliance itself listens there (else an
    /// inside host could shadow it: CVE-2021-3773), and the answers' key is free in its shard.
    /// </summary>
    bool IsFree(UInt128 address, ushort port);

    /// <summary>Whether all ports may be looked at one by one, when chance has found none.</summary>
    bool MaySearch { get; }

    /// <summary>They were, and none was free.</summary>
    /// <param name="ports">That were looked at.</param>
    void NoteInVain(int ports);
}
