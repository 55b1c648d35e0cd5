namespace Appliance.Engine;

/// <summary>A stage that works by a model: immutable, swapped whole, between breaths.</summary>
public interface IStageOf<in TModel> : IStage where TModel : class
{
    void Adopt(TModel model);
}
