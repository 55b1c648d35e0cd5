namespace Appliance.Simulation;

/// <summary>Where a box's frames go; each is the receiver's to keep. And who runs its threads.</summary>
internal interface IBoxWires
{
    /// <summary>Of the data path.</summary>
    void Forward(int port, byte[] frame);

    /// <summary>An advert, an announcement or a heartbeat. False: the port is down.</summary>
    bool Say(int port, byte[] frame);

    /// <summary>ARP and neighbour discovery.</summary>
    void Answer(int port, byte[] frame);

    /// <summary>The sleeping workers have something to do.</summary>
    void WakeWorkers();

    /// <summary>So has the sleeping thread of failover.</summary>
    void WakeFailover();
}
