namespace Appliance.Management;

/// <summary>A row of <c>config history</c>, the latest first.</summary>
/// <param name="Rollback">What <c>config rollback</c> is told to return to it; 0: it is in force.</param>
/// <param name="Digest">Of what its files hold.</param>
/// <param name="ConfirmBy">When it goes unless somebody confirms it; null: it does not.</param>
public sealed record HistoryDocument(
    int Rollback, int Generation, DateTimeOffset Time, string Origin, string Path, string Digest, DateTimeOffset? ConfirmBy);
