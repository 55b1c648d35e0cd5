namespace Appliance.Scenarios;

/// <summary>What became of one mutation.</summary>
/// <param name="NoticedBy">The first scenario that failed because of it; null: none did.</param>
/// <param name="Place">Where it stands: <c>file:line:column</c>, as the file can be opened.</param>
internal sealed record MutationResult(Mutation Mutation, ScenarioFolder? NoticedBy, string Place, double Seconds)
{
    /// <summary>Says that nobody noticed.</summary>
    public string Line => $"{Place}: no scenario notices when {Mutation.Name} is gone: {Mutation.Text}";
}
