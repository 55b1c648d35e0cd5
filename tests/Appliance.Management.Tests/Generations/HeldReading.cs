namespace Appliance.Management.Tests.Generations;

/// <summary>Orders the names of files; who looks for one while it is held waits.</summary>
internal sealed class HeldReading : IComparer<string>, IDisposable
{
    private readonly ManualResetEventSlim _free = new(initialState: true);

    /// <summary>Released once for each that waits.</summary>
    public SemaphoreSlim Begun { get; } = new(0);

    public bool IsHeld
    {
        get => !_free.IsSet;
        set
        {
            if (value) _free.Reset();
            else _free.Set();
        }
    }

    public int Compare(string? x, string? y)
    {
        if (IsHeld) Begun.Release();
        _free.Wait();
        return string.CompareOrdinal(x, y);
    }

    public void Dispose()
    {
        _free.Set();
        Begun.Dispose();
    }
}
