using Appliance.Engine;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>What goes wrong in a run, drawn from its seed: everything that a pair of boxes and their wires can suffer.</summary>
internal static class FaultPlan
{
    /// <summary>Faults until <paramref name="until"/> (from now); at that time everything is whole again.</summary>
    public static void Draw(PairWorld world, int seed, long until)
    {
        var random = new Random(seed ^ 0x5eed);
        world.Loss = random.Next(3) == 0 ? 0 : random.NextDouble() * 0.3;
        world.Doubling = random.NextDouble() * 0.2;
        world.MaxDelayNanoseconds = (long)Math.Pow(10, 5 + (random.NextDouble() * 3.5));      // 0.1 ms to 300 ms
        int faults = random.Next(1, 8);
        for (int i = 0; i < faults; i++)
        {
            long at = (long)(random.NextDouble() * until);
            long lasts = Math.Min((long)(Math.Pow(10, 8 + (random.NextDouble() * 2)) + 1), until - at);
            (Action begin, Action end) = One(world, random);
            world.After(at, begin);
            world.After(at + lasts, end);
        }

        world.After(until, () => Heal(world));
    }

    private static (Action Begin, Action End) One(PairWorld world, Random random)
    {
        SimulatedBox box = world.Boxes[random.Next(2)];
        int wire = random.Next(2), side = random.Next(2), amount = random.Next(-300, 500);
        PortId port = wire == 0 ? Wan : Lan;
        return random.Next(9) switch
        {
            0 => (box.Kill, () => Revive(box)),
            1 => (box.Freeze, box.Thaw),
            2 => (() => box.SetPort(port, LinkState.Down), () => box.SetPort(port, LinkState.Up)),
            3 => (() => Partition(world, wire, isCut: true), () => Partition(world, wire, isCut: false)),
            4 => (() => world.Cut[wire, side] = true, () => world.Cut[wire, side] = false),
            5 => (() => Adjust(amount), () => Adjust(-amount)),
            6 => (() => box.Do(node => node.SetMaintenance(true, world.Now)), () => box.Do(node => node.SetMaintenance(false, world.Now))),
            7 => (() => box.Do(node => node.HandOver(world.Now)), () => box.Do(node => node.TakeBack(world.Now))),
            _ => (() => box.Do(node => node.Force(node.Groups[wire], side == 0, world.Now)), () => { }),
        };

        void Adjust(int by) => box.Do(node => node.AdjustDemotion(by, world.Now));
    }

    private static void Partition(PairWorld world, int wire, bool isCut) => (world.Cut[wire, 0], world.Cut[wire, 1]) = (isCut, isCut);

    private static void Revive(SimulatedBox box)
    {
        if (!box.IsAlive) box.Start();
    }

    private static void Heal(PairWorld world)
    {
        (world.Loss, world.Doubling, world.MaxDelayNanoseconds) = (0, 0, Second / 1000);
        for (int wire = 0; wire < 2; wire++) Partition(world, wire, isCut: false);
        foreach (SimulatedBox box in world.Boxes)
        {
            box.Thaw();
            Revive(box);
            box.SetPort(Wan, LinkState.Up);
            box.SetPort(Lan, LinkState.Up);
            box.Do(node => node.Demote(DemotionCause.Administrative, "", 0, world.Now));
            box.Do(node => node.SetMaintenance(false, world.Now));
            box.Do(node => node.TakeBack(world.Now));
        }
    }
}
