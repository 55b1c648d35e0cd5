using System.Globalization;

namespace Appliance.Reports;

/// <summary>An expectation and what the replay came to.</summary>
/// <param name="Found">The number as it stands in the document, or why there is none.</param>
internal sealed record ExpectationOutcome(Expectation Expectation, string Found)
{
    public bool Held => Found == Expected;

    /// <summary>What is to be said of it when it is broken.</summary>
    public string Line => $"{Expectation.Position}: {Expectation.Path}: expected {Expected}, found {Found}";

    private string Expected => Expectation.Expected.ToString(CultureInfo.InvariantCulture);
}
