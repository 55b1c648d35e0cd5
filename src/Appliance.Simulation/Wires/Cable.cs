namespace Appliance.Simulation;

/// <summary>
/// A cable with an end in each of two stations. In order, and nearly at once, unless something is wrong with it. Costs nothing while
/// nothing goes over it.
/// </summary>
internal sealed class Cable(World world, string name, CableEnd near, CableEnd far)
{
    /// <summary>Nanoseconds from end to end.</summary>
    public const long Delay = 20_000;

    public string Name => name;

    /// <summary>Of what leaves the near end, and of what leaves the far one.</summary>
    public WireFaults[] Faults { get; } = [new WireFaults(), new WireFaults()];

    /// <summary>Frames that were put in, that came out, that got lost, and copies that were made on the way.</summary>
    public long Sent { get; private set; }
    public long Heard { get; private set; }
    public long Lost { get; private set; }
    public long Copies { get; private set; }

    /// <summary>Frames on the way.</summary>
    public long UnderWay { get; private set; }

    public void FromNear(byte[] frame) => Send(Faults[0], far, frame);

    public void FromFar(byte[] frame) => Send(Faults[1], near, frame);

    private void Send(WireFaults faults, CableEnd to, byte[] frame)
    {
        Sent++;
        if (faults.DoublingPerMille > 0 && world.Chance.Chance(faults.DoublingPerMille))
        {
            Copies++;
            Carry(faults, to, frame);
        }

        Carry(faults, to, frame);
    }

    private void Carry(WireFaults faults, CableEnd to, byte[] frame)
    {
        bool isFiltered = faults.LosesIpv6 && frame[12] == 0x86;
        if (faults.IsCut || isFiltered || (faults.LossPerMille > 0 && world.Chance.Chance(faults.LossPerMille)))
        {
            Lost++;
            return;
        }

        long late = faults.MaxDelayNanoseconds > 0 ? world.Chance.Between(0, faults.MaxDelayNanoseconds) : 0;
        UnderWay++;
        if (to.Station is Switch && late == 0) Arrive(to, frame);       // all the time that it takes is behind the switch
        else world.After(Delay + late, () => Arrive(to, frame));
    }

    private void Arrive(CableEnd to, byte[] frame)
    {
        UnderWay--;
        Heard++;
        to.Station.Hear(to.Port, frame);
    }
}
