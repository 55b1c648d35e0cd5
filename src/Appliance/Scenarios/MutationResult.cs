namespace Appliance.Scenarios;

/// <summary>What became of one mutation.</summary>
/// <param name="NoticedBy">The first scenario that failed because of it; null: none did.</param>
internal sealed record MutationResult(Mutation Mutation, ScenarioFolder? NoticedBy, double Seconds)
{
    /// <summary>Says that nobody noticed.</summary>
    public string Line => $"{Mutation.Place}: no scenario notices when {Mutation.Name} is gone: {Mutation.Text}";
}
