namespace Appliance.Failover;

/// <summary>
/// The counters that a peer said it would use: from a first one on, each once, in about that order (the window of RFC 4303 §3.4.3, since
/// the advertisements of two families may pass each other).
/// </summary>
internal sealed class CounterWindow
{
    private const int Width = 64;

    /// <summary>As many as nobody sends in years, and few of all there are: a stranger's number is hardly ever among them.</summary>
    private const ulong Reach = 1ul << 40;

    private ulong _first;
    private ulong _told;                                              // the peer's next when it last said so
    private ulong _highest;                                           // distance of the highest accepted from the first
    private ulong _seen;                                              // bit n: the counter n below the highest was accepted
    private bool _isOpen;

    /// <summary>The peer begins anew at <paramref name="first"/>; saying the same again changes nothing.</summary>
    public void Announce(ulong first)
    {
        if (_isOpen && _first == first && _told == first) return;
        (_first, _told, _highest, _seen, _isOpen) = (first, first, 0, 0, true);
    }

    /// <summary>The peer's next counter is this. One that no counting from the last leads to begins anew.</summary>
    public void Follow(ulong next)
    {
        if (_isOpen && next - _told <= Reach && next - _first <= Reach) _told = next;
        else Announce(next);
    }

    /// <summary>False for a counter that was not announced, was accepted before, or is too old to say.</summary>
    public bool TryAccept(ulong counter)
    {
        ulong distance = counter - _first;                            // counters wrap
        if (!_isOpen || distance > Reach) return false;
        if (_seen == 0 || distance > _highest)
        {
            ulong shift = distance - _highest;
            _seen = _seen == 0 || shift >= Width ? 1 : (_seen << (int)shift) | 1;
            _highest = distance;
            return true;
        }

        ulong behind = _highest - distance;
        if (behind >= Width || (_seen & (1ul << (int)behind)) != 0) return false;
        _seen |= 1ul << (int)behind;
        return true;
    }
}
