using Appliance.Engine;

namespace Appliance.Testing;

/// <summary>What a stage of a test does with a batch.</summary>
public delegate void StageAction(FrameBatch batch, in StageContext context);
