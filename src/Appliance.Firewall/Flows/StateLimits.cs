using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// How many states there are and may be, in all and by rule. The one thing that all workers' tables share: it is touched when a state is
/// made or dies, by one interlocked operation each, and a worker that counts a state has room for it. No count exceeds its limit but by
/// states that a peer has let in (<see cref="Take"/>), or where the limit was lowered.
/// <para>
/// Rules are counted in accounts: whoever loads rulesets gives each rule that has to be counted a number, and the same number to the rule
/// that takes its place (<see cref="RuleLedger"/>). Account 0 is nobody's and has no limit. With the account stands what its rule binds its
/// states by, for as long as there are any.
/// </para>
/// <para>
/// Timeouts shrink by how many states there were when the tick began. By how many there are this moment, which states end would depend on
/// the order in which they are looked at, and so on how many workers share them.
/// </para>
/// </summary>
public sealed class StateLimits
{
    public const int MaxAccounts = 65_536;

    private const int BlockLength = 256;

    private readonly Account[]?[] _blocks = new Account[]?[MaxAccounts / BlockLength];    // made at need; they never move
    private int _max;
    private int _count;
    private int _scaledRules;                                           // 1: a rule has been given a scale of its own
    private long _adaptive;                                             // both numbers, so that they change together
    private long _tick = long.MinValue;                                 // its start
    private int _countAtTick;

    /// <param name="max">States in all; <c>set limit states</c>.</param>
    /// <param name="adaptive">For all rules without their own.</param>
    /// <param name="accounts">Rules that can be counted, and one.</param>
    public StateLimits(int max, AdaptiveTimeouts adaptive, int accounts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        ArgumentOutOfRangeException.ThrowIfLessThan(accounts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(accounts, MaxAccounts);
        for (int account = 0; account < accounts; account += BlockLength) Open((uint)account);
        _max = max;
        _adaptive = Pack(adaptive);
    }

    /// <summary>Lowering it ends no state; it only lets none in.</summary>
    public int Max
    {
        get => Volatile.Read(ref _max);
        set => Volatile.Write(ref _max, value);
    }

    public AdaptiveTimeouts Adaptive
    {
        get => Unpack(Volatile.Read(ref _adaptive));
        set => Volatile.Write(ref _adaptive, Pack(value));
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether any timeout without a rule's own scale is shortened in this tick.</summary>
    public bool IsUnderPressure => Adaptive.Apply(CountAtTick);

    /// <summary>How many there were when the tick began.</summary>
    internal int CountAtTick => Volatile.Read(ref _countAtTick);

    /// <summary>Whether a rule has ever been given a scale of its own.</summary>
    public bool HasScaledRules => Volatile.Read(ref _scaledRules) != 0;

    /// <param name="account">Of a rule.</param>
    /// <param name="max">States that it may have; <see cref="int.MaxValue"/>: as many as there may be at all.</param>
    /// <param name="adaptive">Its own scale, by its own states; off where it has none.</param>
    public void SetRule(uint account, int max, AdaptiveTimeouts adaptive)
    {
        Open(account);
        ref Account rule = ref At(account);
        Volatile.Write(ref rule.Max, max);
        Volatile.Write(ref rule.Adaptive, Pack(adaptive));
        if (adaptive.Start > 0) Volatile.Write(ref _scaledRules, 1);
    }

    /// <summary>Its states are bound by these from here on, those that are there already too. By who loads rulesets.</summary>
    public void SetRule(uint account, RuleLimits rule)
    {
        SetRule(account, rule.MaximumStates, rule.Adaptive);
        Volatile.Write(ref At(account).Rule, rule);
    }

    /// <summary>What binds the states of an account; null: nothing but what binds all.</summary>
    public RuleLimits? RuleOf(uint account) => account == 0 ? null : Volatile.Read(ref At(account).Rule);

    public int CountOf(uint account) => Volatile.Read(ref At(account).Count);

    /// <summary>Sources that are tracked for the rule.</summary>
    public int SourcesOf(uint account) => Volatile.Read(ref At(account).Sources);

    /// <summary>
    /// Each worker tells the time before it judges anything; the first to tell of a new tick counts for all. Where workers run at once
    /// another may have made a state by then: nobody could say which was first.
    /// </summary>
    public void Tell(MonotonicTime now)
    {
        long known = Volatile.Read(ref _tick), tick = TimerTick.Start(now).Nanoseconds;
        if (tick <= known || Interlocked.CompareExchange(ref _tick, tick, known) != known) return;
        Volatile.Write(ref _countAtTick, Count);
    }

    /// <summary>Counts a state, if there may be one more.</summary>
    public FlowAdmission TryTake(uint account)
    {
        if (!TryIncrement(ref _count, Max)) return FlowAdmission.StateLimit;
        ref Account rule = ref At(account);
        KeepCount(ref rule);
        if (TryIncrement(ref rule.Count, Volatile.Read(ref rule.Max))) return FlowAdmission.Admitted;
        Interlocked.Decrement(ref _count);
        return FlowAdmission.RuleLimit;
    }

    /// <summary>Counts a state that there is, whatever the limits say: the peer has let it in.</summary>
    public void Take(uint account)
    {
        ref Account rule = ref At(account);
        KeepCount(ref rule);
        Interlocked.Increment(ref rule.Count);
        Interlocked.Increment(ref _count);
    }

    /// <summary>A state that was counted is no more.</summary>
    public void Release(uint account)
    {
        ref Account rule = ref At(account);
        KeepCount(ref rule);
        Interlocked.Decrement(ref rule.Count);
        Interlocked.Decrement(ref _count);
    }

    /// <summary>Counts a source with a rule, if it may have one more.</summary>
    /// <param name="account">The rule's.</param>
    /// <param name="max">Of the rule; 0: any number.</param>
    internal bool TryTakeSource(uint account, uint max) =>
        TryIncrement(ref At(account).Sources, max == 0 ? int.MaxValue : (int)Math.Min(max, int.MaxValue));

    internal void ReleaseSource(uint account) => Interlocked.Decrement(ref At(account).Sources);

    /// <summary>What is left of a timeout in this tick.</summary>
    public uint Scale(uint account, uint seconds)
    {
        ref Account rule = ref At(account);
        AdaptiveTimeouts own = Unpack(Volatile.Read(ref rule.Adaptive));
        if (own.Start == 0) return Adaptive.Scale(seconds, CountAtTick);
        bool hasChanged = Volatile.Read(ref rule.ChangedAt) == Volatile.Read(ref _tick);
        return own.Scale(seconds, hasChanged ? Volatile.Read(ref rule.CountAtTick) : Volatile.Read(ref rule.Count));
    }

    /// <summary>Not an increment that is taken back: in between, another worker would be refused what there is room for.</summary>
    internal static bool TryIncrement(ref int count, int max)
    {
        int seen = Volatile.Read(ref count);
        while (seen < max)
        {
            int before = Interlocked.CompareExchange(ref count, seen + 1, seen);
            if (before == seen) return true;
            seen = before;
        }

        return false;
    }

    /// <summary>Before the first change in a tick of how many states a rule has, if its timeouts hang on that.</summary>
    private void KeepCount(ref Account rule)
    {
        if (Volatile.Read(ref rule.Adaptive) == 0) return;
        long tick = Volatile.Read(ref _tick);
        if (Volatile.Read(ref rule.ChangedAt) == tick) return;
        Volatile.Write(ref rule.CountAtTick, Volatile.Read(ref rule.Count));
        Volatile.Write(ref rule.ChangedAt, tick);
    }

    private ref Account At(uint account) => ref _blocks[account / BlockLength]![account % BlockLength];

    /// <summary>Makes room for an account, before any worker hears of it.</summary>
    private void Open(uint account)
    {
        ref Account[]? block = ref _blocks[account / BlockLength];
        if (block is not null) return;
        var made = new Account[BlockLength];
        Array.Fill(made, new Account { Max = int.MaxValue, ChangedAt = long.MinValue });
        Volatile.Write(ref block, made);
    }

    private static long Pack(AdaptiveTimeouts adaptive) => ((long)adaptive.Start << 32) | (uint)adaptive.End;

    private static AdaptiveTimeouts Unpack(long both) => new((int)(both >> 32), (int)both);

    private struct Account
    {
        public int Count;
        public int Max;
        public int Sources;
        public int CountAtTick;                                         // at the start of tick ChangedAt; of a later one it is Count
        public long ChangedAt;
        public long Adaptive;
        public RuleLimits? Rule;
    }
}
