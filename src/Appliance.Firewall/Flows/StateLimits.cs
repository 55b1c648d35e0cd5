namespace Appliance.Firewall;

/// <summary>
/// How many states there are and may be, in all and by rule. The one thing that all workers' tables share: it is touched when a state is
/// made or dies, by one interlocked operation each, and a worker that counts a state has room for it: no count ever exceeds its limit.
/// <para>
/// Rules are counted in accounts: whoever loads rulesets gives each rule that has to be counted a number, and the same number to the rule
/// that takes its place. Account 0 is nobody's and has no limit.
/// </para>
/// </summary>
public sealed class StateLimits
{
    public const int MaxAccounts = 65_536;

    private readonly Account[] _accounts;
    private int _max;
    private int _count;
    private int _scaledRules;                                           // 1: a rule has been given a scale of its own
    private long _adaptive;                                             // both numbers, so that they change together

    /// <param name="max">States in all; <c>set limit states</c>.</param>
    /// <param name="adaptive">For all rules without their own.</param>
    /// <param name="accounts">Rules that can be counted, and one.</param>
    public StateLimits(int max, AdaptiveTimeouts adaptive, int accounts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        ArgumentOutOfRangeException.ThrowIfLessThan(accounts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(accounts, MaxAccounts);
        _accounts = new Account[accounts];
        Array.Fill(_accounts, new Account { Max = int.MaxValue });
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

    /// <summary>Whether any timeout without a rule's own scale is shortened now.</summary>
    public bool IsUnderPressure => Adaptive.Apply(Count);

    /// <summary>Whether a rule has ever been given a scale of its own.</summary>
    public bool HasScaledRules => Volatile.Read(ref _scaledRules) != 0;

    /// <param name="account">Of a rule.</param>
    /// <param name="max">States that it may have; <see cref="int.MaxValue"/>: as many as there may be at all.</param>
    /// <param name="adaptive">Its own scale, by its own states; off where it has none.</param>
    public void SetRule(uint account, int max, AdaptiveTimeouts adaptive)
    {
        Volatile.Write(ref _accounts[account].Max, max);
        Volatile.Write(ref _accounts[account].Adaptive, Pack(adaptive));
        if (adaptive.Start > 0) Volatile.Write(ref _scaledRules, 1);
    }

    public int CountOf(uint account) => Volatile.Read(ref _accounts[account].Count);

    /// <summary>Counts a state, if there may be one more.</summary>
    public FlowAdmission TryTake(uint account)
    {
        if (!TryIncrement(ref _count, Max)) return FlowAdmission.StateLimit;
        ref Account rule = ref _accounts[account];
        if (TryIncrement(ref rule.Count, Volatile.Read(ref rule.Max))) return FlowAdmission.Admitted;
        Interlocked.Decrement(ref _count);
        return FlowAdmission.RuleLimit;
    }

    /// <summary>A state that was counted is no more.</summary>
    public void Release(uint account)
    {
        Interlocked.Decrement(ref _accounts[account].Count);
        Interlocked.Decrement(ref _count);
    }

    /// <summary>What is left of a timeout at the present number of states.</summary>
    public uint Scale(uint account, uint seconds)
    {
        ref Account rule = ref _accounts[account];
        AdaptiveTimeouts own = Unpack(Volatile.Read(ref rule.Adaptive));
        return own.Start > 0 ? own.Scale(seconds, Volatile.Read(ref rule.Count)) : Adaptive.Scale(seconds, Count);
    }

    /// <summary>Not an increment that is taken back: in between, another worker would be refused what there is room for.</summary>
    private static bool TryIncrement(ref int count, int max)
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

    private static long Pack(AdaptiveTimeouts adaptive) => ((long)adaptive.Start << 32) | (uint)adaptive.End;

    private static AdaptiveTimeouts Unpack(long both) => new((int)(both >> 32), (int)both);

    private struct Account
    {
        public int Count;
        public int Max;
        public long Adaptive;
    }
}
