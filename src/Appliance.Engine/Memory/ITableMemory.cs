namespace Appliance.Engine;

/// <summary>
/// Where a table's native memory comes from. Large tables are read at random, where huge pages save most of the address translation; they
/// take a system call, which this room does not make, so whoever may make one hands in a source that does.
/// </summary>
public interface ITableMemory
{
    /// <summary>
    /// The address of at least that many zero bytes, aligned to 64, that cost memory only once they are written. Out of memory is an
    /// exception.
    /// </summary>
    nint Allocate(nuint bytes);

    /// <summary>The same for tables of which little is ever written and little read at a time: as small pages as there are.</summary>
    ITableMemory Sparse { get; }

    /// <summary>Takes back what <see cref="Allocate"/> gave for as many bytes.</summary>
    void Free(nint address, nuint bytes);
}
