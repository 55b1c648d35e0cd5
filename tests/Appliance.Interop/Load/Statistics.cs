namespace Appliance.Interop.Load;

/// <summary>What a few measurements say together.</summary>
internal static class Statistics
{
    /// <summary>Not a number: there are none.</summary>
    public static double Median(IEnumerable<double> measured)
    {
        double[] sorted = [.. measured.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
