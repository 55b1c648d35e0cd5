using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// While timeouts are shortened, the wheel looks at states too late. Then all of them are looked at, one round in the time in which pf's
/// purge makes its round, a little each time.
/// </summary>
internal struct PressureSweep
{
    /// <summary>pf's <c>set timeout interval</c>, by default: seconds.</summary>
    public const long RoundNanoseconds = 10_000_000_000;

    private const long StepNanoseconds = RoundNanoseconds / 100;

    private MonotonicTime _began;
    private MonotonicTime _latest;
    private int _next;
    private bool _isOn;

    /// <summary>When to go on although nothing else happens.</summary>
    public readonly MonotonicTime NextDeadline => _isOn ? _latest + StepNanoseconds : MonotonicTime.Never;

    /// <summary>Not under pressure: the next round begins at its beginning.</summary>
    public void Stop() => _isOn = false;

    /// <summary>The next record to look at, if the time has come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="records">How many there are.</param>
    /// <param name="index">Its number.</param>
    public bool TryNext(MonotonicTime now, int records, out int index)
    {
        if (!_isOn || (_next >= records && now - _began >= RoundNanoseconds))
        {
            _began = now;
            _next = 0;
            _isOn = true;
        }

        _latest = now;
        index = _next;
        long elapsed = Math.Min(now - _began, RoundNanoseconds);
        if (index >= (double)records * elapsed / RoundNanoseconds) return false;
        _next++;
        return true;
    }
}
