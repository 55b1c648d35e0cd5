using Appliance.Benchmarks.Harness;

namespace Appliance.Benchmarks.Rows;

/// <summary>A subject of the benchmark. To add one: implement this and name it in <see cref="Catalog"/>.</summary>
internal interface IBenchmarkRows : IDisposable
{
    /// <summary>What <c>--only</c> selects by.</summary>
    string Subject { get; }

    /// <summary>
    /// Builds the data, checks that ours and the peer give the same answers to all of it, and yields the comparisons one by one. Throws
    /// <see cref="AnswersDifferException"/> when they do not.
    /// </summary>
    IEnumerable<Comparison> Prepare(bool peerIsPresent);
}
