// To be written.
namespace Llm.Core

module internal ChatCompletionsEncodeStub =
    let private unused = ()
