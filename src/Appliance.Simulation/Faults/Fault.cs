using System.Globalization;
using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>One thing that goes wrong at some time and is right again later.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">Nanoseconds since the beginning.</param>
/// <param name="Lasts">Nanoseconds.</param>
/// <param name="Target">A cable of <see cref="World.Cables"/>, or a box.</param>
/// <param name="Amount">How many of a thousand frames, nanoseconds, or how heavy.</param>
/// <param name="Choice">Which direction, which port, or who wakes first.</param>
internal sealed record Fault(FaultKind Kind, long At, long Lasts, int Target, long Amount = 0, int Choice = 0)
{
    private const int SyncCable = 4, Demotion = 120;

    private BoxLife? _told;                                             // which an operator has told something

    private bool IsOfBox => Kind >= FaultKind.Kill;

    /// <summary>The lane has other paths, and CARP is not spoken there: the pair is to stand that as if it were nothing.</summary>
    private bool IsHarmless => !IsOfBox && Kind != FaultKind.Partition && Target == SyncCable;

    public void Schedule(World world)
    {
        world.Recorder?.OnFault(this);
        world.At(At, () => Begin(world));
        world.At(At + Lasts, () => End(world));
    }

    public override string ToString() => $"{Kind} of {Subject} for {World.Text(Lasts)}{Detail}";

    private string Subject => IsOfBox ? (Target == 0 ? "A" : "B")
        : Kind == FaultKind.Partition ? "all cables"
        : Target switch { 0 => "lan of A", 1 => "wan of A", 2 => "lan of B", 3 => "wan of B", _ => "sync" };

    private string Detail => Kind switch
    {
        FaultKind.Lossy or FaultKind.Doubling => string.Create(CultureInfo.InvariantCulture, $", {Amount / 10.0:F1} % of the frames"),
        FaultKind.Late or FaultKind.ClockJump => $", by {World.Text(Amount)}",
        FaultKind.CutOneWay => Choice == 0 ? ", away from it" : ", towards it",
        FaultKind.Unplug => Choice == PairConfiguration.Lan ? ", lan" : ", wan",
        FaultKind.Freeze => Choice == 0 ? ", its workers wake first" : ", its failover wakes first",
        _ => "",
    };

    private void Begin(World world)
    {
        world.Note("fault", ToString());
        Tell(world.Judge, begins: true);
        if (IsOfBox) BeginOfBox(world.Boxes[Target]);
        else foreach (WireFaults wire in Wires(world)) Spoil(wire);
    }

    private void End(World world)
    {
        if (Kind == FaultKind.Stop && world.Boxes[Target].IsLeaving)
        {
            world.Boxes[Target].OnceGone(() => End(world));             // who restarts it waits for its end
            return;
        }

        world.Note("fault", $"{Kind} of {Subject} is over");
        if (IsOfBox) EndOfBox(world.Boxes[Target]);
        else foreach (WireFaults wire in Wires(world)) wire.Mend();
        Tell(world.Judge, begins: false);
    }

    private void Tell(Judge judge, bool begins)
    {
        judge.OnFault(begins);
        if (IsOfBox) judge.OnBoxFault(Target, begins);
        else if (!IsHarmless) judge.OnWireFault(begins);
    }

    private IEnumerable<WireFaults> Wires(World world) => Kind switch
    {
        FaultKind.Partition => world.Cables.SelectMany(cable => cable.Faults),
        FaultKind.CutOneWay => [world.Cables[Target].Faults[Choice]],
        _ => world.Cables[Target].Faults,
    };

    private void Spoil(WireFaults wire)
    {
        if (Kind is FaultKind.Cut or FaultKind.CutOneWay or FaultKind.Partition) wire.IsCut = true;
        else if (Kind == FaultKind.Lossy) wire.LossPerMille = (int)Amount;
        else if (Kind == FaultKind.Doubling) wire.DoublingPerMille = (int)Amount;
        else wire.MaxDelayNanoseconds = Amount;
    }

    private void BeginOfBox(SimulatedBox box)
    {
        switch (Kind)
        {
            case FaultKind.Kill: box.Kill(); break;
            case FaultKind.Freeze: box.Freeze(); break;
            case FaultKind.ClockJump: box.JumpClock(Amount); break;
            case FaultKind.Unplug: box.Unplug(Choice); break;
            case FaultKind.Stop: box.Leave(); break;
            case FaultKind.HandOver: Tell(box, static (life, now) => life.Failover.HandOver(now)); break;
            case FaultKind.Maintenance: Tell(box, static (life, now) => life.Failover.SetMaintenance(isOn: true, now)); break;
            default: Tell(box, static (life, now) => life.Failover.AdjustDemotion(Demotion, now)); break;
        }
    }

    private void EndOfBox(SimulatedBox box)
    {
        switch (Kind)
        {
            case FaultKind.Kill or FaultKind.Stop: box.Start(); break;
            case FaultKind.Freeze: box.Thaw(workersFirst: Choice == 0); break;
            case FaultKind.Unplug: box.Plug(Choice); break;
            case FaultKind.HandOver: TellAgain(box, static (life, now) => life.Failover.TakeBack(now)); break;
            case FaultKind.Maintenance: TellAgain(box, static (life, now) => life.Failover.SetMaintenance(isOn: false, now)); break;
            case FaultKind.Demote: TellAgain(box, static (life, now) => life.Failover.AdjustDemotion(-Demotion, now)); break;
        }
    }

    private void Tell(SimulatedBox box, Action<BoxLife, MonotonicTime> change)
    {
        if (!box.IsFrozen) _told = box.Life;
        box.Operate(change);
    }

    /// <summary>Who died meanwhile, or slept when it was to be told, has nothing to forget; who sleeps now is told when it wakes.</summary>
    private void TellAgain(SimulatedBox box, Action<BoxLife, MonotonicTime> change)
    {
        if (box.Life is null || box.Life != _told) return;
        if (box.IsFrozen) box.OnceAwake(() => TellAgain(box, change));
        else box.Operate(change);
    }
}
