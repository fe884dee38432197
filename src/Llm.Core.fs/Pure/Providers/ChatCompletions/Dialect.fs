// To be written.
namespace Llm.Core

module internal ChatCompletionsDialectStub =
    let private unused = ()
