using System.Threading.Channels;
using Appliance.Node;

namespace Appliance.Management;

/// <summary>States on their way from the control thread to whoever writes them out: a bounded number of parts at a time.</summary>
internal sealed class StateStream(Action wake) : IStateSink
{
    /// <summary>Parts that may wait, each of some hundred states; one more of each worker may come.</summary>
    public const int MostParts = 32;

    private readonly Channel<IReadOnlyList<StateCopy>> _parts = Channel.CreateUnbounded<IReadOnlyList<StateCopy>>();
    private volatile bool _isWanted = true;

    public bool IsWanted => _isWanted;

    public bool HasRoom => _parts.Reader.Count < MostParts;

    public void Take(IReadOnlyList<StateCopy> states) => _parts.Writer.TryWrite(states);

    /// <summary>Nothing more comes.</summary>
    public void End() => _parts.Writer.TryComplete();

    /// <summary>Nobody reads any more.</summary>
    public void GiveUp()
    {
        _isWanted = false;
        wake();
    }

    public async IAsyncEnumerable<IReadOnlyList<StateCopy>> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await _parts.Reader.WaitToReadAsync(cancellation))
        {
            while (_parts.Reader.TryRead(out IReadOnlyList<StateCopy>? part))
            {
                if (_parts.Reader.Count == MostParts / 2) wake();
                yield return part;
            }

            wake();
        }
    }
}
