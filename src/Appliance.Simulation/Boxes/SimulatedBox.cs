using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Simulation;

/// <summary>
/// A box of the pair as the world sees it: it can be killed and started, frozen and thawed, its cables pulled, its clock moved. Inside is
/// a <see cref="BoxLife"/> whenever it runs.
/// </summary>
internal sealed class SimulatedBox : IStation, IBoxWires, IDisposable
{
    /// <summary>Frames that a socket of the control side keeps for who does not read; more are lost.</summary>
    public const int SocketFrames = 64;

    /// <summary>Nanoseconds from a frame's arrival to the breath that takes it, with all that come meanwhile; and to wake up.</summary>
    private const long Moderation = 20_000;

    private readonly World _world;
    private readonly Queue<(int Port, FrameKind Kind, byte[] Frame)> _waiting = [];
    private readonly Action<byte[]>[] _cables = new Action<byte[]>[PairConfiguration.Ports];
    private readonly bool[] _isUnplugged = new bool[PairConfiguration.Ports], _isTold = new bool[PairConfiguration.Ports];
    private readonly Queue<Action> _onceAwake = [], _onceGone = [];
    private BoxLife? _life;
    private long _clock;                                                // ahead of the world's, nanoseconds
    private ulong _lives;
    private MonotonicTime _breathAt = MonotonicTime.Never, _turnAt = MonotonicTime.Never;       // rung for, in the world's time
    private MonotonicTime _frozenAt;

    public SimulatedBox(World world, int index) => (_world, Index) = (world, index);

    public int Index { get; }

    public string Name => Index == 0 ? "A" : "B";

    public Flaw Flaw { get; set; }

    public bool IsFrozen { get; private set; }

    /// <summary>Frames of the data path of this life that are on a cable, or were for one that is pulled.</summary>
    public long OnCable { get; private set; }

    /// <summary>Of the life that it lives; null: it is dead.</summary>
    public BoxLife? Life => _life;

    /// <summary>Was told to end, and still runs.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Runs, and has all its ports.</summary>
    public bool IsWell => _life is not null && !IsFrozen && !Array.Exists(_isUnplugged, unplugged => unplugged);

    /// <summary>In the world's time.</summary>
    public MonotonicTime Deadline { get; private set; } = MonotonicTime.Never;

    /// <summary>By its own clock.</summary>
    public MonotonicTime Now => _world.Now + _clock;

    public void Connect(int port, Action<byte[]> cable) => _cables[port] = cable;

    /// <summary>Whether it acts as the master of a group at this moment: what is frozen does not act.</summary>
    public bool IsActing(int group) => !IsFrozen && Holds(group) && _life!.MayAct(Now);

    /// <summary>Whether it takes itself for the master of a group.</summary>
    public bool Holds(int group) => _life is { } life && life.Holds(group, World.VhidOf(group));

    public void Start()
    {
        if (_life is not null) return;
        _lives++;
        PairProfile profile = _world.Profile;
        if (Flaw == Flaw.DoesNotPreempt) profile = profile with { Preempts = false };
        ulong seed = (_world.Seed * 1_000_003) + (ulong)Index + (2 * _lives);
        _life = new BoxLife(PairConfiguration.Of(profile, Index), Index, seed, _world.Memory, this, Tell, Now);
        SyncFlaw.Spoil(_life, Flaw);
        OnCable = 0;
        Array.Clear(_isTold);
        TellLinks();
        BreatheSoon();
        Settle();
    }

    public void Kill()
    {
        if (_life is not { } life) return;
        _life = null;
        (IsFrozen, IsLeaving) = (false, false);
        _waiting.Clear();
        _onceAwake.Clear();
        (_breathAt, _turnAt) = (MonotonicTime.Never, MonotonicTime.Never);
        _world.Judge.OnEndOfLife(this, life);
        life.Dispose();
        Settle();
        _world.OnMastership();
        while (_onceGone.TryDequeue(out Action? act)) act();
    }

    /// <summary>The orderly end, as the program's: failover leaves, and when it has left there is no box any more.</summary>
    public void Leave()
    {
        if (_life is null) return;
        IsLeaving = true;
        if (IsFrozen) OnceAwake(Leave);
        else Operate(static (life, now) => life.Failover.Leave(now));
    }

    /// <summary>What waits for its end, in order or not.</summary>
    public void OnceGone(Action act) => _onceGone.Enqueue(act);

    public void Freeze()
    {
        if (_life is null || IsFrozen) return;
        _world.Judge.OnFreeze(this);
        (IsFrozen, _frozenAt) = (true, _world.Now);
        Settle();
        _world.OnMastership();
    }

    /// <summary>Goes on with what waited meanwhile; whose thread is the first to run is chance.</summary>
    /// <param name="workersFirst">The workers breathe before the thread of failover knows of anything.</param>
    public void Thaw(bool workersFirst)
    {
        if (_life is not { } life || !IsFrozen) return;
        IsFrozen = false;
        if (Flaw == Flaw.SleepsThroughFreezes) _clock -= _world.Now - _frozenAt;
        _world.Judge.OnThaw(this);
        if (workersFirst) life.Node.Step(Now);
        Step();
        if (_life is not null) TellLinks();
        while (_life is not null && _waiting.TryDequeue(out (int Port, FrameKind Kind, byte[] Frame) waiting))
            Take(waiting.Port, waiting.Kind, waiting.Frame);
        Step();
        while (_onceAwake.TryDequeue(out Action? act)) act();
        _world.OnMastership();
    }

    /// <summary>What an operator does who waits until it answers.</summary>
    public void OnceAwake(Action act) => _onceAwake.Enqueue(act);

    /// <summary>Its clock leaps forward, as that of a virtual machine that was moved.</summary>
    public void JumpClock(long nanoseconds)
    {
        if (_life is not null) _world.Judge.OnLeap(this, nanoseconds);
        _clock += nanoseconds;
        if (_life is not null && !IsFrozen) Step();
    }

    /// <summary>Both ends see that the cable is gone.</summary>
    public void Unplug(int port) => SetPlugged(port, isPlugged: false);

    public void Plug(int port) => SetPlugged(port, isPlugged: true);

    /// <summary>What an operator tells it.</summary>
    public void Operate(Action<BoxLife, MonotonicTime> change)
    {
        if (_life is null || IsFrozen) return;
        change(_life, Now);
        _life.Speak(Now);
        Settle();
    }

    public void Hear(int port, byte[] frame)
    {
        if (_life is null || _isUnplugged[port]) return;
        FrameKind kind = FrameKinds.Of(frame);
        if (kind == FrameKind.Data)
        {
            if (Flaws.Refuses(Flaw, frame)) return;
            _life.Enter(port, frame);
            if (!IsFrozen) BreatheSoon();
        }
        else if (!IsFrozen)
        {
            if (Flaw == Flaw.IgnoresOtherMasters && kind != FrameKind.Neighbours && (Holds(0) || Holds(1))) return;
            Take(port, kind, frame);
            Settle();
        }
        else if (_waiting.Count < SocketFrames)
        {
            _waiting.Enqueue((port, kind, frame));
        }
    }

    /// <summary>Does what is due, as its threads would.</summary>
    public void Step()
    {
        if (_life is not { } life || IsFrozen) return;
        MonotonicTime now = Now;
        if (life.Failover.Step(now) || _turnAt <= _world.Now)
        {
            _turnAt = MonotonicTime.Never;
            life.Speak(now);
        }

        if (_breathAt <= _world.Now || life.Waiting > 0 || life.Node.NextDeadline <= now)
        {
            _breathAt = MonotonicTime.Never;
            life.Breathe(now);
        }

        Settle();
    }

    void IBoxWires.Forward(int port, byte[] frame)
    {
        _world.Judge.OnForwarded(this, port, frame);
        if (Flaws.Swallows(Flaw, _life!.Left)) return;
        OnCable++;
        if (!_isUnplugged[port]) _cables[port](Flaws.Changed(Flaw, port, frame));
    }

    bool IBoxWires.Say(int port, byte[] frame)
    {
        if (_isUnplugged[port]) return false;
        bool isAdvert = FrameKinds.Of(frame) == FrameKind.Advert;
        for (int times = Flaw == Flaw.Stutters && isAdvert ? Flaws.Repetitions : 1; times > 0; times--)
        {
            if (isAdvert) _world.Judge.OnAdvert(this, FrameKinds.VhidOf(frame));
            _cables[port](frame);
        }

        return true;
    }

    void IBoxWires.Answer(int port, byte[] frame)
    {
        if (!_isUnplugged[port]) _cables[port](frame);
    }

    void IBoxWires.WakeWorkers() => BreatheSoon();

    void IBoxWires.WakeFailover()
    {
        if (_turnAt == MonotonicTime.Never) _turnAt = _world.Now + Moderation;
        if (_turnAt < Deadline) Deadline = _turnAt;
    }

    public void Dispose() => _life?.Dispose();

    private void SetPlugged(int port, bool isPlugged)
    {
        _isUnplugged[port] = !isPlugged;
        if (_life is null || IsFrozen) return;
        TellLinks();
        Settle();
        _world.OnMastership();
    }

    /// <summary>What of its links it does not know yet; all were up at its start.</summary>
    private void TellLinks()
    {
        for (int port = 0; port < PairConfiguration.Ports; port++)
        {
            bool isDown = _isUnplugged[port];
            if (_isTold[port] == isDown) continue;
            _isTold[port] = isDown;
            var id = new PortId((ushort)port);
            _life!.Failover.OnLink(id, isDown ? LinkState.Down : LinkState.Up, Now);
            _life.Node.Neighbours!.OnLink(id, !isDown, Now);
            BreatheSoon();
        }
    }

    private void Take(int port, FrameKind kind, byte[] frame)
    {
        byte[] own = [.. frame];                                        // which may be changed
        var id = new PortId((ushort)port);
        if (kind != FrameKind.Neighbours)
        {
            _life!.Failover.OnFrame(id, own, Now);
            _life.Speak(Now);
            return;
        }

        _life!.Node.Neighbours!.OnFrame(id, own, Now);
        BreatheSoon();
    }

    private void BreatheSoon()
    {
        if (_breathAt == MonotonicTime.Never) _breathAt = _world.Now + Moderation;
        if (_breathAt < Deadline) Deadline = _breathAt;
    }

    private void Settle()
    {
        if (_life is { Failover.HasLeft: true }) Kill();
        if (_life is null || IsFrozen)
        {
            Deadline = MonotonicTime.Never;
            return;
        }

        MonotonicTime own = _life.NextDeadline;
        MonotonicTime next = own == MonotonicTime.Never ? own : new MonotonicTime(Math.Max(own.Nanoseconds, 0)) + -_clock;
        MonotonicTime rung = _breathAt < _turnAt ? _breathAt : _turnAt;
        Deadline = rung < next ? rung : next;
    }

    private void Tell(CarpTimelineEntry entry)
    {
        _world.Note(Name, entry.ToString());
        _world.OnMastership();
    }
}
